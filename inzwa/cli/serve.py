"""The command serve: settings, log, address, then engines and application side by side, then the server."""

import logging
import socket
import sys
from argparse import Namespace
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import Final, Protocol

import anyio

from inzwa.engines.registry import open_engines
from inzwa.errors import SettingsError
from inzwa.server.early_engines import EarlyEngines
from inzwa.server.listening import bound_socket, listening_host
from inzwa.settings import Settings

log = logging.getLogger(__name__)

MAKE_SERVER: Final = "inzwa.server.serving:make_server"
"""Imported beside the engines that load: the web frameworks take as long."""


class Server(Protocol):
    """What runs the application."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None: ...


def serve(_: Namespace, settings: Settings) -> None:
    """Serve until told to stop. SettingsError where the address cannot be had."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("inzwa").setLevel(logging.DEBUG if settings.debug else logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a request would be a line a turn
    try:
        listener = bound_socket(listening_host(settings), settings.port)
    except SettingsError as error:
        raise SettingsError(f"Inzwa cannot start: {error.message}") from None
    with listener:
        anyio.run(_serve, settings, listener, backend_options={"use_uvloop": find_spec("uvloop") is not None})


async def _serve(settings: Settings, listener: socket.socket) -> None:
    early = EarlyEngines(settings, open_engines)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(early.keep_open)
        server = await anyio.to_thread.run_sync(_make_server, settings, early)
        host, port = listener.getsockname()[:2]
        log.info("serving on http://%s:%s", f"[{host}]" if ":" in host else host, port)
        await server.serve(sockets=[listener])
        tasks.cancel_scope.cancel()


def _make_server(settings: Settings, early: EarlyEngines) -> Server:
    made: Server = resolve_name(MAKE_SERVER)(settings, early.open)
    return made
