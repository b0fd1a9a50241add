"""The four engines as sessions see them: each stands for the current engine of its slot."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Generic, Self, TypeVar

from inzwa.audio.pcm import Sound
from inzwa.engines.slots import E, EngineInstance, EngineLease, EngineSlot
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
    """Stands for the engine of a slot, or of a lease."""

    def __init__(self, source: EngineSlot[E] | EngineLease[E]) -> None:
        self._source: EngineSlot[E] | EngineLease[E] = source

    @property
    def info(self) -> EngineInfo:
        return self._source.current().info

    @contextmanager
    def pinned(self) -> Iterator[Self]:
        """This moment's engine, for as long as the block lasts."""
        with self._source.lease() as lease:
            yield type(self)(lease)


class DetectorProxy(EngineProxy[VoiceDetector]):
    """A VoiceDetector. A stream belongs to the detector that opened it, whatever replaces that."""

    @property
    def frame_samples(self) -> int:
        return self._source.current().frame_samples

    def open_stream(self) -> VoiceStream:
        return self._source.current().open_stream()


class TranscriberProxy(EngineProxy[Transcriber]):
    """A Transcriber."""

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        with self._source.lease() as lease:
            instance = await lease.instance()
            with lease.watch(instance):
                return await instance.engine.transcribe(sound, options)


class ChatModelProxy(EngineProxy[ChatModel]):
    """A ChatModel."""

    @property
    def context_tokens(self) -> int:
        return self._source.current().context_tokens

    @property
    def share_tokens(self) -> int:
        return self._source.current().share_tokens

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._source.current().count_tokens(messages)

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        with self._source.lease() as lease:
            instance = await lease.instance()
            async with aclosing(_watched(lease, instance, instance.engine.reply(messages, options))) as pieces:
                async for piece in pieces:
                    yield piece

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        with self._source.lease() as lease:
            instance = await lease.instance()
            with lease.watch(instance):
                await instance.engine.prepare(messages, options)

    async def forget(self, session: str) -> None:
        await self._source.current().forget(session)


class SynthesizerProxy(EngineProxy[Synthesizer]):
    """A Synthesizer."""

    @property
    def sample_rate(self) -> int:
        return self._source.current().sample_rate

    @property
    def voices(self) -> tuple[str, ...]:
        return self._source.current().voices

    async def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        with self._source.lease() as lease:
            instance = await lease.instance()
            async with aclosing(_watched(lease, instance, instance.engine.speak(text, options))) as chunks:
                async for chunk in chunks:
                    yield chunk


async def _watched(
    lease: EngineLease[E], instance: EngineInstance[E], items: AsyncGenerator[T, None]
) -> AsyncGenerator[T, None]:
    """The engine's items, each step watched for a hang. Closes them."""
    async with aclosing(items):
        while True:
            with lease.watch(instance):
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
            yield item
