"""One turn: hear -> think -> cut into phrases -> speak, each stage waiting for the next. Knows no session and no wire.

The model waits when eight phrases wait for the voice; the voice waits when the outbox is full, and on a busy machine
while what it has sent lasts a while. Cancelling the scope around `answer` closes every generator in the task that
opened it.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, Self

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from inzwa.audio.pcm import Sound
from inzwa.conversation.load import Load, Measure, easy
from inzwa.conversation.phrase_spans import PhraseAligner
from inzwa.conversation.playout_clock import PlayoutClock
from inzwa.conversation.safety import Screen
from inzwa.errors import InzwaError, stage_errors, ungrouped
from inzwa.events import Latency, LlmFinal, LlmPartial, ServerEvent, TtsAudio, TtsEnd, TtsStart
from inzwa.protocols import ChatOptions, Engines, HearOptions, Message, Priority, Transcript, VoiceOptions
from inzwa.shona.dialogue.assistant import line
from inzwa.shona.dialogue.phrases import PhraseCutter

PHRASES_WAITING: Final = 8
"""So many that the model, which all share, seldom waits for one listener's ears."""

AHEAD_S: Final = 2.0
"""Sound that a listener has in hand before the voice may rest on a busy machine."""

Emit = Callable[[ServerEvent], Awaitable[None]]


class Clock(Protocol):
    """Seconds that only grow."""

    def __call__(self) -> float: ...


@dataclass(slots=True)
class Marks:
    """When things happened in one turn, in seconds of the session's clock."""

    speech_end: float
    """The user's last sound, or `end_turn`, or the typed text."""
    decided: float
    """When the turn began."""
    heard: float | None = None
    first_token: float | None = None
    first_phrase: float | None = None
    first_audio: float | None = None
    last_audio: float | None = None

    def latency(self, *, spoken: bool) -> Latency:
        """The turn's figures; `spoken` is false for a typed turn, which has no transcription."""
        return Latency(
            asr_ms=_ms(self.decided, self.heard) if spoken else None,
            llm_first_token_ms=_ms(self.heard, self.first_token),
            tts_first_audio_ms=_ms(self.first_phrase, self.first_audio),
            first_audio_ms=_ms(self.speech_end, self.first_audio),
            total_ms=_ms(self.speech_end, self.last_audio or self.first_token or self.heard),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn needs to know, and what it leaves behind: `marks`, `playback` and `said` fill as it goes."""

    number: int
    language: str
    marks: Marks
    playback: PlayoutClock = field(default_factory=PlayoutClock)
    said: list[str] = field(default_factory=list)
    """Phrases of the reply that were handed to the voice."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    index: int
    text: str
    written: tuple[int, int]
    """Where it begins and ends in the reply's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The stages of a turn on one house's engines. Stateless; every session has its own or shares one."""

    engines: Engines
    clock: Clock
    chat: ChatOptions = field(default_factory=ChatOptions)
    voice: VoiceOptions = field(default_factory=VoiceOptions)
    timeout_s: float = 20.0
    """Seconds for one transcript, one token, one piece of sound."""
    load: Measure = easy

    async def hear(self, sound: Sound, options: HearOptions) -> Transcript:
        """The transcript, shape (samples,) at 16 kHz. EngineError or EngineTimeout when it cannot be had."""
        with stage_errors("asr"), anyio.fail_after(self.timeout_s):
            return await self.engines.asr.transcribe(sound, options)

    async def prepare(self, messages: Sequence[Message]) -> None:
        """Let the model read `messages` ahead. Whatever goes wrong will show when the reply is asked for."""
        with suppress(InzwaError), stage_errors("llm"):
            await self.engines.llm.prepare(messages, self.chat)

    async def answer(self, turn: Turn, messages: Sequence[Message], emit: Emit) -> None:
        """Think and speak the reply to `messages`. What went wrong in a stage comes out as that stage's own error."""
        send, receive = anyio.create_memory_object_stream[_Phrase](PHRASES_WAITING)
        with ungrouped():
            async with anyio.create_task_group() as stages:
                stages.start_soon(self._think, turn, messages, emit, send)
                stages.start_soon(self._speak, turn, emit, receive)

    async def recite(self, turn: Turn, text: str, emit: Emit) -> None:
        """Speak a fixed text as the reply; the model is not asked."""
        turn.marks.first_token = self.clock()
        await emit(LlmFinal(turn.number, text))
        send, receive = anyio.create_memory_object_stream[_Phrase](PHRASES_WAITING)
        with ungrouped():
            async with anyio.create_task_group() as stages:
                stages.start_soon(self._hand_over, turn, text, send)
                stages.start_soon(self._speak, turn, emit, receive)

    async def _think(
        self, turn: Turn, messages: Sequence[Message], emit: Emit, phrases: MemoryObjectSendStream[_Phrase]
    ) -> None:
        cutter, screen, reply, count = PhraseCutter(), Screen(), PhraseAligner(), 0
        async with phrases, aclosing(self.engines.llm.reply(messages, self.chat)) as pieces:
            async for piece in Timed("llm", pieces, self.timeout_s):
                turn.marks.first_token = turn.marks.first_token or self.clock()
                words = reply.write(screen.push(piece))
                await self._show(turn, words, emit)
                count = await self._pass_on(turn, reply, count, cutter.push(words), phrases)
                if screen.verdict:
                    break
            last = screen.flush()
            ready = [*cutter.push(last), *cutter.flush()]
            if screen.verdict:
                last = line(screen.verdict.reply, turn.language)
                ready = [last]
                reply.leap()
            await self._show(turn, reply.write(last), emit)
            await self._pass_on(turn, reply, count, ready, phrases)
            await emit(LlmFinal(turn.number, reply.text.rstrip()))

    async def _show(self, turn: Turn, words: str, emit: Emit) -> None:
        if words:
            await emit(LlmPartial(turn.number, words))

    async def _hand_over(self, turn: Turn, text: str, phrases: MemoryObjectSendStream[_Phrase]) -> None:
        async with phrases:
            cutter, reply = PhraseCutter(), PhraseAligner()
            reply.write(text)
            await self._pass_on(turn, reply, 0, [*cutter.push(text), *cutter.flush()], phrases)

    async def _pass_on(
        self,
        turn: Turn,
        reply: PhraseAligner,
        index: int,
        texts: Iterable[str],
        phrases: MemoryObjectSendStream[_Phrase],
    ) -> int:
        """Hand phrases to the voice, numbered from `index`; the number of the next one."""
        for text in texts:
            turn.marks.first_phrase = turn.marks.first_phrase or self.clock()
            await phrases.send(_Phrase(index, text, reply.find(text)))
            index += 1
        return index

    async def _speak(self, turn: Turn, emit: Emit, phrases: MemoryObjectReceiveStream[_Phrase]) -> None:
        async with phrases:
            async for phrase in phrases:
                await self._keep_pace(turn)
                turn.said.append(phrase.text)
                turn.playback.begin(phrase.text)
                await emit(TtsStart(turn.number, phrase.index, phrase.text, *phrase.written))
                await self._utter(turn, phrase, emit)
        await emit(TtsEnd(turn.number))

    async def _keep_pace(self, turn: Turn) -> None:
        """On a busy machine later phrases are made when they are nearly due: others wait for their first one."""
        ahead_s = turn.playback.end_s - self.clock() if turn.playback.begun else 0.0
        if ahead_s > AHEAD_S and self.load() >= Load.STRAINED:
            await anyio.sleep(ahead_s - AHEAD_S)

    async def _utter(self, turn: Turn, phrase: _Phrase, emit: Emit) -> None:
        priority = Priority.NORMAL if phrase.index else Priority.FIRST_PHRASE
        options = replace(self.voice, priority=priority)
        async with aclosing(self.engines.tts.speak(phrase.text, options)) as chunks:
            async for chunk in Timed("tts", chunks, self.timeout_s):
                await emit(TtsAudio(turn.number, chunk.sound, chunk.sample_rate))
                now = self.clock()
                turn.marks.first_audio = turn.marks.first_audio or now
                turn.marks.last_audio = now
                turn.playback.sent(chunk.sound.size / chunk.sample_rate, now)
        turn.playback.finish()


@dataclass(frozen=True, slots=True)
class Timed:
    """A stage's generator, each item within the time limit. Who opened the generator closes it."""

    stage: str
    items: AsyncGenerator[Any, None]
    timeout_s: float

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        with stage_errors(self.stage), anyio.fail_after(self.timeout_s):
            return await anext(self.items)


def _ms(start: float | None, end: float | None) -> int | None:
    return None if start is None or end is None else max(0, round((end - start) * 1000))
