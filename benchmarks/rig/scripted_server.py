"""The application on scripted engines, for benchmarks of what is around them. Its argument is the port."""

import sys

from inzwa.server.app import create_app
from inzwa.server.listening import bound_socket
from inzwa.server.uvicorn_server import DrainingServer, server_config
from tests.serving import opening, scripted_engines, settings


def main() -> None:
    chosen = settings(port=sys.argv[1])
    app = create_app(chosen, opening(scripted_engines()))
    config = server_config(app, chosen)
    with bound_socket(config.host, config.port) as listener:
        DrainingServer(config, app.state.inzwa).run(sockets=[listener])


if __name__ == "__main__":
    main()
