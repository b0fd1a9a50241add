"""uvicorn with a limit on everything that a client can make grow, and a shutdown that drains sessions first.

On a Space it trusts the platform's proxy.
"""

import time
from types import FrameType
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from inzwa.server.app_state import AppState
from inzwa.server.listening import listening_host, on_space
from inzwa.settings import Settings

MAX_FRAME_BYTES: Final = 262_144
"""The longest message on a socket. Whatever is longer than its kind may be, but not than this, is answered."""
MAX_CONNECTIONS: Final = 512
"""Connections besides those of sessions; the next one is answered 503."""

SPACE_PROXIES: Final = "10.0.0.0/8"


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which also ends where the client has begun to close the socket when the server stops."""

    def shutdown(self) -> None:
        try:
            super().shutdown()
        except InvalidState:  # uvicorn 0.54 sends a close frame all the same, and would not end the others
            self.transport.close()


class DrainingServer(uvicorn.Server):
    """On the first signal it waits up to `drain_s` seconds for open sessions; on the second it stops."""

    def __init__(self, config: uvicorn.Config, app_state: AppState) -> None:
        super().__init__(config)
        self._app_state = app_state
        self._deadline_s = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._app_state.admission.draining or not self._app_state.admission.sessions:
            super().handle_exit(sig, frame)
            return
        self._deadline_s = time.monotonic() + self._app_state.settings.drain_s
        self._app_state.admission.stopping.set()

    async def on_tick(self, counter: int) -> bool:
        late = time.monotonic() > self._deadline_s
        if self._app_state.admission.draining and (late or not self._app_state.admission.sessions):
            self.should_exit = True
        return await super().on_tick(counter)


def server_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """uvicorn's settings: sizes, queues, connections and time-outs."""
    return uvicorn.Config(
        app,
        host=listening_host(settings),
        port=settings.port,
        log_level="warning",
        ws=SocketProtocol,
        ws_max_size=MAX_FRAME_BYTES,
        ws_max_queue=8,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        forwarded_allow_ips=SPACE_PROXIES if on_space() else settings.trusted_proxies,
        timeout_graceful_shutdown=2,
        limit_concurrency=MAX_CONNECTIONS + settings.max_sessions,
        server_header=False,
    )
