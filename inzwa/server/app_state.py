"""What all requests share: engines, limits, metrics, and admission control for sessions.

Made by `create_app`, reached through `app.state.inzwa`.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from inzwa.conversation.load import Load, LoadMeter
from inzwa.errors import NotReady, TooManySessions
from inzwa.protocols import Engines, Stage
from inzwa.server.engine_lifecycle import RETRY_AFTER_S, EngineLifecycle, OpenEngines
from inzwa.server.limits import AddressLimit, RateLimit
from inzwa.server.metrics import Metrics
from inzwa.server.redaction import without_folders
from inzwa.settings import Settings


class AppState:
    """The state of one application."""

    def __init__(self, settings: Settings, open_engines: OpenEngines) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.lifecycle = EngineLifecycle(settings, open_engines, self.metrics)
        self.load = LoadMeter(time.monotonic, time.process_time, settings.threads)
        self.rate = RateLimit(settings.requests_per_minute)
        self.address_limit = AddressLimit(settings.max_sessions_per_address)
        self.sessions = 0
        """Sessions that are open."""
        self.stopping = anyio.Event()
        """Set when the server is told to stop."""
        self._last_left = anyio.Event()

    @property
    def engines(self) -> Engines:
        """The warm engines; NotReady says what is missing."""
        if self.lifecycle.engines is None:
            why = without_folders(" ".join(self.reasons()))
            raise NotReady(f"Inzwa is not ready yet: {why}", retry_after_s=RETRY_AFTER_S)
        return self.lifecycle.engines

    @property
    def draining(self) -> bool:
        """Whether the server has been told to stop."""
        return self.stopping.is_set()

    @property
    def ready(self) -> bool:
        return self.lifecycle.engines is not None and not self.draining

    def reasons(self) -> list[str]:
        """Why Inzwa is not ready, a sentence each; empty when it is."""
        return ["The server is stopping."] if self.draining else self.lifecycle.reasons()

    async def exchange(self, stage: Stage, model: str) -> None:
        """Let another model serve the stage. NotReady, and the errors of EngineLifecycle.exchange."""
        await self.lifecycle.exchange(self._engines_unless_draining(), stage, model)

    @asynccontextmanager
    async def admit(self) -> AsyncIterator[Engines]:
        """Admit one session, for as long as the block lasts. TooManySessions or NotReady when it cannot be."""
        engines = self._engines_unless_draining()
        if self.sessions >= self.settings.max_sessions:
            raise TooManySessions(f"All {self.sessions} sessions are taken.", retry_after_s=RETRY_AFTER_S)
        if self.sessions and self.load.level() is Load.FULL:
            raise TooManySessions("Every core is busy with the sessions there are.", retry_after_s=RETRY_AFTER_S)
        self._count_sessions(1)
        try:
            yield engines
        finally:
            self._count_sessions(-1)
            if not self.sessions:
                self._last_left.set()

    async def drain(self) -> None:
        """Admit no more sessions, and give those there are `drain_s` seconds to end."""
        self.stopping.set()
        with anyio.move_on_after(self.settings.drain_s):
            while self.sessions:
                self._last_left = anyio.Event()
                await self._last_left.wait()

    def _engines_unless_draining(self) -> Engines:
        engines = self.engines
        if self.draining:
            raise NotReady("The server is stopping.", retry_after_s=RETRY_AFTER_S)
        return engines

    def _count_sessions(self, change: int) -> None:
        self.sessions += change
        self.metrics.sessions.set(self.sessions)
