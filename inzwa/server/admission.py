"""Admission control: which session may begin, and how they end when the server is told to stop."""

from collections.abc import Iterator
from contextlib import contextmanager

import anyio

from inzwa.conversation.load_shedding import Load, LoadMeter
from inzwa.errors import NotReady, TooManySessions
from inzwa.server.engine_lifecycle import RETRY_AFTER_S
from inzwa.server.metrics import Metrics
from inzwa.settings import Settings


class Admission:
    """The open sessions of one application."""

    def __init__(self, settings: Settings, load: LoadMeter, metrics: Metrics) -> None:
        self.sessions = 0
        """Sessions that are open."""
        self.stopping = anyio.Event()
        """Set when the server is told to stop."""
        self._settings, self._load, self._metrics = settings, load, metrics
        self._last_left = anyio.Event()

    @property
    def draining(self) -> bool:
        """Whether the server has been told to stop."""
        return self.stopping.is_set()

    def refuse_if_draining(self) -> None:
        """NotReady once the server has been told to stop."""
        if self.draining:
            raise NotReady("The server is stopping.", retry_after_s=RETRY_AFTER_S)

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Admit one session, for as long as the block lasts. TooManySessions or NotReady when it cannot be."""
        self.refuse_if_draining()
        if self.sessions >= self._settings.max_sessions:
            raise TooManySessions(f"All {self.sessions} sessions are taken.", retry_after_s=RETRY_AFTER_S)
        if self.sessions and self._load.level() is Load.FULL:
            raise TooManySessions("Every core is busy with the sessions there are.", retry_after_s=RETRY_AFTER_S)
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)
            if not self.sessions:
                self._last_left.set()

    async def drain(self) -> None:
        """Admit no more sessions, and give those there are `drain_s` seconds to end."""
        self.stopping.set()
        with anyio.move_on_after(self._settings.drain_s):
            while self.sessions:
                self._last_left = anyio.Event()
                await self._last_left.wait()

    def _count(self, change: int) -> None:
        self.sessions += change
        self._metrics.sessions.set(self.sessions)
