"""Places for engines, so that one which hangs is taken out and another put in while sessions live on.

An engine hangs when a call was cancelled after `limit_s` seconds and in all that time no call on it came forward. Calls
that come while a place is empty wait for the next engine, under their own time limit. Knows no model.
"""

import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Final, Generic, TypeVar

import anyio

from inzwa.audio import Sound
from inzwa.errors import EngineError
from inzwa.protocols import (
    ChatModel,
    ChatOptions,
    EngineInfo,
    HearOptions,
    Message,
    SpokenChunk,
    Stage,
    Synthesizer,
    Transcriber,
    Transcript,
    VoiceOptions,
)

log = logging.getLogger(__name__)

E = TypeVar("E", Transcriber, ChatModel, Synthesizer)
T = TypeVar("T")

SLACK: Final = 0.95
"""Of the limit: whoever cancelled us looked at another clock."""


class Slot(Generic[E]):
    """The place of one stage."""

    def __init__(self, stage: Stage, limit_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.stage = stage
        self.renewals = 0
        """Engines that were taken out because they hung."""
        self._limit_s, self._clock = limit_s * SLACK, clock
        self._engine: E | None = None
        self._moved_s = clock()
        self._filled, self._emptied = anyio.Event(), anyio.Event()

    def fill(self, engine: E) -> None:
        """Here is an engine; who waits for one goes on."""
        self._engine, self._emptied = engine, anyio.Event()
        self._moved_s = self._clock()
        self._filled.set()

    async def engine(self) -> E:
        """The engine, once there is one."""
        while self._engine is None:
            await self._filled.wait()
        return self._engine

    def now(self) -> E:
        """The engine that is there now; EngineError while there is none."""
        if self._engine is None:
            raise EngineError(self.stage, f"The {self.stage} engine is being started again.")
        return self._engine

    async def emptied(self) -> None:
        """Wait until the engine has been taken out."""
        await self._emptied.wait()

    @contextmanager
    def watch(self, engine: E) -> Iterator[None]:
        """Around one step of `engine`: one that ends shows that it lives, one cancelled late may show that it hangs."""
        began_s = self._clock()
        try:
            yield
        except anyio.get_cancelled_exc_class():
            self._judge(engine, began_s)
            raise
        self._moved_s = self._clock()

    def _judge(self, engine: E, began_s: float) -> None:
        now_s = self._clock()
        if engine is self._engine and min(now_s - began_s, now_s - self._moved_s) >= self._limit_s:
            log.error("the %s engine hangs: another is started", self.stage)
            self.renewals += 1
            self._engine, self._filled = None, anyio.Event()
            self._emptied.set()


class SlotTranscriber:
    """A Transcriber: the one in its slot."""

    def __init__(self, slot: Slot[Transcriber]) -> None:
        self._slot = slot

    @property
    def info(self) -> EngineInfo:
        return self._slot.now().info

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        engine = await self._slot.engine()
        with self._slot.watch(engine):
            return await engine.transcribe(sound, options)


class SlotChatModel:
    """A ChatModel: the one in its slot."""

    def __init__(self, slot: Slot[ChatModel]) -> None:
        self._slot = slot

    @property
    def info(self) -> EngineInfo:
        return self._slot.now().info

    @property
    def context_tokens(self) -> int:
        return self._slot.now().context_tokens

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._slot.now().count_tokens(messages)

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        engine = await self._slot.engine()
        async with aclosing(_watched(self._slot, engine, engine.reply(messages, options))) as pieces:
            async for piece in pieces:
                yield piece

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        engine = await self._slot.engine()
        with self._slot.watch(engine):
            await engine.prepare(messages, options)

    async def forget(self, session: str) -> None:
        await self._slot.now().forget(session)


class SlotSynthesizer:
    """A Synthesizer: the one in its slot."""

    def __init__(self, slot: Slot[Synthesizer]) -> None:
        self._slot = slot

    @property
    def info(self) -> EngineInfo:
        return self._slot.now().info

    @property
    def sample_rate(self) -> int:
        return self._slot.now().sample_rate

    @property
    def voices(self) -> tuple[str, ...]:
        return self._slot.now().voices

    async def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        engine = await self._slot.engine()
        async with aclosing(_watched(self._slot, engine, engine.speak(text, options))) as chunks:
            async for chunk in chunks:
                yield chunk


async def _watched(slot: Slot, engine: object, items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The engine's items, each step watched. Closes them."""
    async with aclosing(items):
        while True:
            with slot.watch(engine):
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
            yield item
