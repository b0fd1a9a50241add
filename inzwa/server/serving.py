"""The application and the server that runs it, made together: the import of this module takes seconds."""

from inzwa.server.app import create_app
from inzwa.server.early_engines import OpenEngines
from inzwa.server.uvicorn_server import DrainingServer, server_config
from inzwa.settings import Settings


def make_server(settings: Settings, open_engines: OpenEngines) -> DrainingServer:
    """A server of the whole application, to be given its socket."""
    app = create_app(settings, open_engines)
    return DrainingServer(server_config(app, settings), app.state.inzwa)
