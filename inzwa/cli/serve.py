"""The command serve: settings, log, application, server, in that order."""

import logging
import sys
from argparse import Namespace

from inzwa.engines.registry import open_engines
from inzwa.errors import SettingsError
from inzwa.server.app import create_app
from inzwa.server.uvicorn_server import DrainingServer, bound_socket, server_config
from inzwa.settings import Settings

log = logging.getLogger(__name__)


def serve(_: Namespace, settings: Settings) -> None:
    """Serve until told to stop. SettingsError where the address cannot be had."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("inzwa").setLevel(logging.DEBUG if settings.debug else logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a request would be a line a turn
    app = create_app(settings, open_engines)
    config = server_config(app, settings)
    try:
        listener = bound_socket(config.host, config.port)
    except SettingsError as error:
        raise SettingsError(f"Inzwa cannot start: {error.message}") from None
    with listener:
        log.info("serving on http://%s:%s", config.host, config.port)
        DrainingServer(config, app.state.inzwa).run(sockets=[listener])
