"""What all requests share: the engines once they are warm, the places for sessions, and how ready everything is.

Made by `create_app`, reached through `app.state.inzwa`. Knows no route.
"""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

import anyio

from inzwa.conversation.load import Load, LoadMeter
from inzwa.errors import EngineError, InzwaError, NotReady, TooManySessions
from inzwa.protocols import Engines, Stage, StageReporter
from inzwa.server.limits import AddressLimit, RateLimit
from inzwa.server.metrics import Metrics
from inzwa.server.model_swap import ModelSwap
from inzwa.server.redaction import without_folders
from inzwa.server.warmup import WarmupProgress
from inzwa.settings import Settings

log = logging.getLogger(__name__)

OpenEngines = Callable[[Settings, StageReporter], AbstractAsyncContextManager[Engines]]

RETRY_AFTER_S: Final = 5.0
"""What a client is told to wait when there is no place, or no engine yet."""


class AppState:
    """One process's engines and places. `keep_open` runs for as long as the server does."""

    def __init__(self, settings: Settings, open_engines: OpenEngines) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.started_s = time.monotonic()
        self.ready_after_s: float | None = None
        """Seconds from start to ready, once it is."""
        self.warming = WarmupProgress()
        self.exchanging = ModelSwap()
        self.stopping = anyio.Event()
        """Set when the server is told to stop."""
        self.load = LoadMeter(time.monotonic, time.process_time, settings.threads)
        self.rate = RateLimit(settings.requests_per_minute)
        self.seats = AddressLimit(settings.max_sessions_per_address)
        self.sessions = 0
        self._open_engines = open_engines
        self._engines: Engines | None = None
        self._failure: InzwaError | None = None
        self._settled = anyio.Event()
        self._retry = anyio.Event()
        self._empty = anyio.Event()

    @property
    def engines(self) -> Engines:
        """The warm engines; NotReady says what is missing."""
        if self._engines is None:
            why = without_folders(" ".join(self.reasons()))
            raise NotReady(f"Inzwa is not ready yet: {why}", retry_after_s=RETRY_AFTER_S)
        return self._engines

    @property
    def draining(self) -> bool:
        """Whether the server has been told to stop."""
        return self.stopping.is_set()

    @property
    def ready(self) -> bool:
        return self._engines is not None and not self.draining

    def reasons(self) -> list[str]:
        """Why Inzwa is not ready, a sentence each; empty when it is."""
        if self.draining:
            return ["The server is stopping."]
        if self._failure is not None:
            return [self._failure.message]
        return self.warming.reasons()

    async def keep_open(self) -> None:
        """Open the engines and hold them until cancelled; after a failure, try again each time `warm_up` asks."""
        while True:
            try:
                async with self._open_engines(self.settings, self.warming.take) as engines:
                    self._take_in(engines)
                    await anyio.sleep_forever()
            except InzwaError as error:
                log.error("the engines did not open: %s", error.message)
                self._engines, self._failure = None, error
                self._settled.set()
            await self._retry.wait()
            self._retry, self._failure = anyio.Event(), None
            self.warming.begin_anew()

    def _take_in(self, engines: Engines) -> None:
        self._engines = engines
        self.metrics.watch(engines)
        self.ready_after_s = time.monotonic() - self.started_s
        log.info("ready after %.1f s", self.ready_after_s)
        self._settled.set()

    async def warm_up(self) -> Engines:
        """The engines once they are warm; joins the warm-up under way, or begins another after one that failed."""
        if self._failure is not None and not self._retry.is_set():
            self._settled = anyio.Event()
            self._retry.set()
        await self.settled()
        if self._failure is not None:
            raise self._failure
        return self.engines

    async def exchange(self, stage: Stage, model: str) -> None:
        """Put another model in a stage's place while conversations go on. Errors as ModelSwap.run has them."""
        engines = self.engines
        if self.draining:
            raise NotReady("The server is stopping.", retry_after_s=RETRY_AFTER_S)
        await self.exchanging.run(engines, stage, model)
        with suppress(EngineError):  # another stage's engine hung and is being replaced
            self.metrics.watch(engines)
        log.info("%s is %s from now on", stage, model)

    async def settled(self) -> None:
        """Wait until the warm-up under way has ended, well or badly."""
        await self._settled.wait()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Engines]:
        """A place for one session, with the engines; TooManySessions or NotReady when there is none."""
        engines = self.engines
        if self.draining:
            raise NotReady("The server is stopping.", retry_after_s=RETRY_AFTER_S)
        if self.sessions >= self.settings.max_sessions:
            raise TooManySessions(f"All {self.sessions} places are taken.", retry_after_s=RETRY_AFTER_S)
        if self.sessions and self.load.level() is Load.FULL:
            raise TooManySessions("Every core is busy with the sessions there are.", retry_after_s=RETRY_AFTER_S)
        self.sessions += 1
        self.metrics.sessions.set(self.sessions)
        try:
            yield engines
        finally:
            self.sessions -= 1
            self.metrics.sessions.set(self.sessions)
            if not self.sessions:
                self._empty.set()

    async def drain(self) -> None:
        """Take no more sessions, and give those there are `drain_s` seconds to end."""
        self.stopping.set()
        with anyio.move_on_after(self.settings.drain_s):
            while self.sessions:
                self._empty = anyio.Event()
                await self._empty.wait()
