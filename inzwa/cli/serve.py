"""serve: settings, log, application, server, in that order. What app.py and `python -m inzwa serve` run."""

import logging
import sys

from inzwa.engines.registry import open_engines
from inzwa.errors import SettingsError
from inzwa.server.app import create_app
from inzwa.server.uvicorn_server import DrainingServer, bound_socket, server_config
from inzwa.settings import Settings, load_settings

log = logging.getLogger(__name__)


def serve() -> None:
    """Serve until told to stop. A wrong setting is said in words, and ends the process with status 2."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"Inzwa cannot start:\n{error.message}\n")
        raise SystemExit(2) from None
    try:
        run_server(settings)
    except SettingsError as error:
        sys.stderr.write(f"Inzwa cannot start: {error.message}\n")
        raise SystemExit(2) from None


def run_server(settings: Settings) -> None:
    """Serve with these settings until told to stop. SettingsError where the address cannot be had."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("inzwa").setLevel(logging.DEBUG if settings.debug else logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a request would be a line a turn
    app = create_app(settings, open_engines)
    config = server_config(app, settings)
    with bound_socket(config.host, config.port) as listener:
        log.info("serving on http://%s:%s", config.host, config.port)
        DrainingServer(config, app.state.inzwa).run(sockets=[listener])
