"""Places for engines, so that one can become another while sessions live on: because it hangs, or because it shall.

An engine hangs when a call was cancelled after `limit_s` seconds and in all that time no call on it came forward. Calls
that come while a place is empty wait for the next engine, under their own time limit. A lease keeps the engine that it
began with, whatever comes into the place after it, unless that one hangs. Knows no model.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import anyio

from inzwa.errors import EngineError
from inzwa.protocols import ChatModel, Stage, Synthesizer, Transcriber, VoiceDetector

log = logging.getLogger(__name__)

E = TypeVar("E", VoiceDetector, Transcriber, ChatModel, Synthesizer)

SLACK: Final = 0.95
"""Of the limit: whoever cancelled us looked at another clock."""


@dataclass(slots=True, eq=False)
class EngineInstance(Generic[E]):
    """One engine's time in a place, and how many are at work with it."""

    engine: E
    moved_s: float
    """When a call on it last came forward."""
    hung: bool = False
    users: int = 0
    _ended: anyio.Event = field(default_factory=anyio.Event)
    _changed: anyio.Event = field(default_factory=anyio.Event)

    def enter(self) -> None:
        self.users += 1

    def leave(self) -> None:
        self.users -= 1
        self._changed.set()

    def end(self, *, hung: bool = False) -> None:
        """It is taken out."""
        self.hung = self.hung or hung
        self._ended.set()
        self._changed.set()

    async def over(self, patience_s: float) -> None:
        """Wait until it was taken out, and then, unless it hangs, for who still works with it, `patience_s` at most."""
        await self._ended.wait()
        with anyio.move_on_after(patience_s):
            while self.users and not self.hung:
                self._changed = anyio.Event()
                await self._changed.wait()


class EngineSlot(Generic[E]):
    """The place of one stage."""

    def __init__(self, stage: Stage, limit_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.stage = stage
        self.renewals = 0
        """Engines that were taken out because they hung."""
        self.tenure: EngineInstance[E] | None = None
        """Of the engine that is there now; None while there is none."""
        self._limit_s, self._clock = limit_s * SLACK, clock
        self._filled = anyio.Event()

    def fill(self, engine: E) -> EngineInstance[E]:
        """Here is an engine; who waits for one goes on, and one that was there is taken out."""
        before, self.tenure = self.tenure, EngineInstance(engine, self._clock())
        if before is not None:
            before.end()
        self._filled.set()
        return self.tenure

    async def filled(self) -> EngineInstance[E]:
        """The tenure of this moment, or the next one."""
        while self.tenure is None:
            await self._filled.wait()
        return self.tenure

    def now(self) -> E:
        """The engine that is there now; EngineError while there is none."""
        if self.tenure is None:
            raise EngineError(self.stage, f"The {self.stage} engine is being started again.")
        return self.tenure.engine

    @contextmanager
    def lease(self) -> Iterator["EngineLease[E]"]:
        """The engine of this moment for as long as the block lasts."""
        lease = EngineLease(self)
        try:
            yield lease
        finally:
            lease.end()

    @contextmanager
    def watch(self, tenure: EngineInstance[E]) -> Iterator[None]:
        """Around one step of an engine: one that ends shows that it lives; one cancelled late, maybe that it hangs."""
        began_s = self._clock()
        try:
            yield
        except anyio.get_cancelled_exc_class():
            self._judge(tenure, began_s)
            raise
        tenure.moved_s = self._clock()

    def _judge(self, tenure: EngineInstance[E], began_s: float) -> None:
        now_s = self._clock()
        if tenure.hung or min(now_s - began_s, now_s - tenure.moved_s) < self._limit_s:
            return
        log.error("the %s engine hangs", self.stage)
        tenure.end(hung=True)
        if tenure is self.tenure:
            self.renewals += 1
            self.tenure, self._filled = None, anyio.Event()


class EngineLease(Generic[E]):
    """One caller's hold on the engine that it met."""

    def __init__(self, slot: EngineSlot[E]) -> None:
        self._slot = slot
        self._tenure: EngineInstance[E] | None = None
        self._take(slot.tenure)

    def now(self) -> E:
        """The engine held; EngineError while there is none."""
        held = self._held
        return held.engine if held else self._slot.now()

    async def tenure(self) -> EngineInstance[E]:
        """That of the engine held; where it hangs, or there was none, of the one that is there now or comes next."""
        if self._held is None:
            fresh = await self._slot.filled()
            if self._held is None:  # another task of the same caller may have waited too
                self._take(fresh)
        assert self._tenure is not None
        return self._tenure

    @contextmanager
    def watch(self, tenure: EngineInstance[E]) -> Iterator[None]:
        with self._slot.watch(tenure):
            yield

    @contextmanager
    def lease(self) -> Iterator["EngineLease[E]"]:
        """Itself: who holds one needs no other."""
        yield self

    def end(self) -> None:
        self._take(None)

    @property
    def _held(self) -> EngineInstance[E] | None:
        return None if self._tenure is None or self._tenure.hung else self._tenure

    def _take(self, tenure: EngineInstance[E] | None) -> None:
        before, self._tenure = self._tenure, tenure
        if tenure is not None:
            tenure.enter()
        if before is not None:
            before.leave()
