"""The four engines as sessions know them, each being whichever engine is in its place. Knows no model."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Generic, Self, TypeVar

from inzwa.audio.pcm import Sound
from inzwa.engines.pool import E, EngineInstance, EngineLease, EngineSlot
from inzwa.protocols import (
    ChatModel,
    ChatOptions,
    EngineInfo,
    HearOptions,
    Message,
    SpokenChunk,
    Synthesizer,
    Transcriber,
    Transcript,
    VoiceDetector,
    VoiceOptions,
    VoiceStream,
)

T = TypeVar("T")


class EngineProxy(Generic[E]):
    """What is in a place."""

    def __init__(self, place: EngineSlot[E] | EngineLease[E]) -> None:
        self._place = place

    @property
    def info(self) -> EngineInfo:
        return self._place.now().info

    @contextmanager
    def held(self) -> Iterator[Self]:
        """The engine of this moment, for as long as the block lasts."""
        with self._place.lease() as lease:
            yield type(self)(lease)


class DetectorProxy(EngineProxy[VoiceDetector]):
    """A VoiceDetector: the one in its slot. A stream stays that of the detector which opened it."""

    @property
    def frame_samples(self) -> int:
        return self._place.now().frame_samples

    def open_stream(self) -> VoiceStream:
        return self._place.now().open_stream()


class TranscriberProxy(EngineProxy[Transcriber]):
    """A Transcriber: the one in its slot."""

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        with self._place.lease() as lease:
            tenure = await lease.tenure()
            with lease.watch(tenure):
                return await tenure.engine.transcribe(sound, options)


class ChatModelProxy(EngineProxy[ChatModel]):
    """A ChatModel: the one in its slot."""

    @property
    def context_tokens(self) -> int:
        return self._place.now().context_tokens

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._place.now().count_tokens(messages)

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        with self._place.lease() as lease:
            tenure = await lease.tenure()
            async with aclosing(_watched(lease, tenure, tenure.engine.reply(messages, options))) as pieces:
                async for piece in pieces:
                    yield piece

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        with self._place.lease() as lease:
            tenure = await lease.tenure()
            with lease.watch(tenure):
                await tenure.engine.prepare(messages, options)

    async def forget(self, session: str) -> None:
        await self._place.now().forget(session)


class SynthesizerProxy(EngineProxy[Synthesizer]):
    """A Synthesizer: the one in its slot."""

    @property
    def sample_rate(self) -> int:
        return self._place.now().sample_rate

    @property
    def voices(self) -> tuple[str, ...]:
        return self._place.now().voices

    async def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        with self._place.lease() as lease:
            tenure = await lease.tenure()
            async with aclosing(_watched(lease, tenure, tenure.engine.speak(text, options))) as chunks:
                async for chunk in chunks:
                    yield chunk


async def _watched(
    lease: EngineLease, tenure: EngineInstance, items: AsyncGenerator[T, None]
) -> AsyncGenerator[T, None]:
    """The engine's items, each step watched. Closes them."""
    async with aclosing(items):
        while True:
            with lease.watch(tenure):
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
            yield item
