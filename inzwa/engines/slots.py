"""Slots that hold one engine a stage, so that it can be replaced while sessions go on: a hung engine or a model swap.

An engine hangs when a call was cancelled after `limit_s` seconds and in all that time no call on it progressed. Calls
that find a slot empty wait for the next engine, under their own time limit. A lease keeps the engine that it began
with, whatever is installed after it, unless that engine hangs.
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
"""Fraction of the limit that counts as all of it: whoever cancelled the call looked at another clock."""


@dataclass(slots=True, eq=False)
class EngineInstance(Generic[E]):
    """One engine in a slot, and how many callers use it."""

    engine: E
    progress_s: float
    """When a call on it last progressed, on the slot's clock."""
    hung: bool = False
    users: int = 0
    _retired: anyio.Event = field(default_factory=anyio.Event)
    _changed: anyio.Event = field(default_factory=anyio.Event)

    def acquire(self) -> None:
        self.users += 1

    def release(self) -> None:
        self.users -= 1
        self._changed.set()

    def retire(self, *, hung: bool = False) -> None:
        """It has been taken out of its slot."""
        self.hung = self.hung or hung
        self._retired.set()
        self._changed.set()

    async def wait_released(self, timeout_s: float) -> None:
        """Wait until it is retired and then, unless it hangs, until nobody uses it, `timeout_s` seconds at most."""
        await self._retired.wait()
        with anyio.move_on_after(timeout_s):
            while self.users and not self.hung:
                self._changed = anyio.Event()
                await self._changed.wait()


class EngineSlot(Generic[E]):
    """The current engine of one stage."""

    def __init__(self, stage: Stage, limit_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.stage = stage
        self.hangs = 0
        """How many engines were taken out because they hung."""
        self.instance: EngineInstance[E] | None = None
        """The engine that serves now; None while there is none."""
        self._limit_s, self._clock = limit_s * SLACK, clock
        self._installed = anyio.Event()

    def install(self, engine: E) -> EngineInstance[E]:
        """Let this engine serve: callers that wait for one go on, and the one before it is retired."""
        before, self.instance = self.instance, EngineInstance(engine, self._clock())
        if before is not None:
            before.retire()
        self._installed.set()
        return self.instance

    async def wait_installed(self) -> EngineInstance[E]:
        """The current instance, or the next one where there is none."""
        while self.instance is None:
            await self._installed.wait()
        return self.instance

    def current(self) -> E:
        """The current engine; EngineError while there is none."""
        if self.instance is None:
            raise EngineError(self.stage, f"The {self.stage} engine is being started again.")
        return self.instance.engine

    @contextmanager
    def lease(self) -> Iterator["EngineLease[E]"]:
        """The engine of this moment for as long as the block lasts."""
        lease = EngineLease(self)
        try:
            yield lease
        finally:
            lease.close()

    @contextmanager
    def watch(self, instance: EngineInstance[E]) -> Iterator[None]:
        """Around one step of an engine: one that returns is progress; one that is cancelled late may be a hang."""
        began_s = self._clock()
        try:
            yield
        except anyio.get_cancelled_exc_class():
            self._check_progress(instance, began_s)
            raise
        instance.progress_s = self._clock()

    def _check_progress(self, instance: EngineInstance[E], began_s: float) -> None:
        now_s = self._clock()
        if instance.hung or min(now_s - began_s, now_s - instance.progress_s) < self._limit_s:
            return
        log.error("the %s engine hangs", self.stage)
        instance.retire(hung=True)
        if instance is self.instance:
            self.hangs += 1
            self.instance, self._installed = None, anyio.Event()


class EngineLease(Generic[E]):
    """One caller's use of the engine that it found."""

    def __init__(self, slot: EngineSlot[E]) -> None:
        self._slot: EngineSlot[E] = slot
        self._instance: EngineInstance[E] | None = None
        self._switch_to(slot.instance)

    def current(self) -> E:
        """The leased engine; EngineError while there is none."""
        leased = self._leased
        return leased.engine if leased else self._slot.current()

    async def instance(self) -> EngineInstance[E]:
        """The leased instance; where it hangs, or there was none, the slot's current or next one."""
        if self._leased is None:
            fresh = await self._slot.wait_installed()
            if self._leased is None:  # another task of the same caller may have waited too
                self._switch_to(fresh)
        assert self._instance is not None
        return self._instance

    @contextmanager
    def watch(self, instance: EngineInstance[E]) -> Iterator[None]:
        with self._slot.watch(instance):
            yield

    @contextmanager
    def lease(self) -> Iterator["EngineLease[E]"]:
        """Itself: a lease needs no other."""
        yield self

    def close(self) -> None:
        self._switch_to(None)

    @property
    def _leased(self) -> EngineInstance[E] | None:
        return None if self._instance is None or self._instance.hung else self._instance

    def _switch_to(self, instance: EngineInstance[E] | None) -> None:
        before, self._instance = self._instance, instance
        if instance is not None:
            instance.acquire()
        if before is not None:
            before.release()
