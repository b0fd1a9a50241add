"""Runs the server: limits on every socket, a polite end. Names no engine but through open_engines.

On a Space (SPACE_ID is set) it listens on all addresses and believes the platform's proxy.
"""

import logging
import os
import sys
import time
from types import FrameType
from typing import Final

import uvicorn

from inzwa.api.app import create_app
from inzwa.api.house import House
from inzwa.engines import open_engines
from inzwa.errors import SettingsError
from inzwa.settings import Settings, load_settings

MAX_FRAME_BYTES: Final = 65_536
"""The longest message on a socket: two seconds of PCM16."""

SPACE_PROXIES: Final = "10.0.0.0/8"

log = logging.getLogger(__name__)


class DrainingServer(uvicorn.Server):
    """Told to stop, it lets open turns finish first, for as long as `drain_s`; told twice, it stops."""

    def __init__(self, config: uvicorn.Config, house: House) -> None:
        super().__init__(config)
        self._house = house
        self._deadline_s = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._house.draining or not self._house.sessions:
            super().handle_exit(sig, frame)
            return
        self._deadline_s = time.monotonic() + self._house.settings.drain_s
        self._house.stopping.set()

    async def on_tick(self, counter: int) -> bool:
        late = time.monotonic() > self._deadline_s
        if self._house.draining and (late or not self._house.sessions):
            self.should_exit = True
        return await super().on_tick(counter)


def server_config(app, settings: Settings) -> uvicorn.Config:
    """uvicorn with a bound on everything that a client can make grow."""
    on_space = "SPACE_ID" in os.environ
    return uvicorn.Config(
        app,
        host="0.0.0.0" if on_space and "INZWA_HOST" not in os.environ else settings.host,
        port=settings.port,
        log_level="warning",
        ws_max_size=MAX_FRAME_BYTES,
        ws_max_queue=8,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        forwarded_allow_ips=SPACE_PROXIES if on_space else settings.trusted_proxies,
        timeout_graceful_shutdown=2,
        server_header=False,
    )


def serve() -> None:
    """Serve until told to stop. A wrong setting is said in words, and ends the process with status 2."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"Inzwa cannot start:\n{error.message}\n")
        raise SystemExit(2) from None
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("inzwa").setLevel(logging.DEBUG if settings.debug else logging.INFO)
    app = create_app(settings, open_engines)
    config = server_config(app, settings)
    log.info("serving on http://%s:%s", config.host, config.port)
    DrainingServer(config, app.state.house).run()
