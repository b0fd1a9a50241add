"""The stages of one turn: transcribe, generate, cut into phrases, speak. Each stage waits for the next.

The model waits when eight phrases wait for the voice; the voice waits when the outbox is full, and on a busy machine
while what it has sent lasts a while. Cancelling the scope around `answer` closes every generator in the task that
opened it.
"""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from inzwa.audio.pcm import Sound
from inzwa.conversation.load_shedding import Load, LoadSource, no_load
from inzwa.conversation.output.phrase_spans import PhraseAligner
from inzwa.conversation.output.playout import Playout
from inzwa.conversation.output.reply import generate, speak
from inzwa.conversation.turn import Clock, Emit, Turn
from inzwa.errors import InzwaError, ungrouped
from inzwa.events import LlmFinal, LlmPartial, TtsAudio, TtsEnd, TtsStart
from inzwa.protocols import ChatOptions, Engines, HearOptions, Message, Priority, Transcript, VoiceOptions, stage_errors
from inzwa.shona.dialogue.phrases import PhraseCutter

PHRASES_WAITING: Final = 8
"""Phrases between model and voice: enough that the model, which all sessions share, seldom waits for one listener."""

AHEAD_S: Final = 2.0
"""Seconds of sound that the client has in hand before the voice may rest on a busy machine."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    index: int
    text: str
    written: tuple[int, int]
    """Where it begins and ends in the reply's text, in characters."""


class _Writer:
    """The writing end of a turn: cuts the reply into phrases and hands them to the voice."""

    def __init__(self, turn: Turn, clock: Clock, phrases: MemoryObjectSendStream[_Phrase]) -> None:
        self.phrases, self.reply = phrases, PhraseAligner()
        self._turn, self._clock = turn, clock
        self._cutter, self._count = PhraseCutter(), 0

    async def write(self, words: str) -> None:
        """Hand on the phrases that these words of the reply complete."""
        await self._hand_on(self._cutter.push(words))

    async def replace_rest(self, words: str) -> None:
        """Hand on `words` as one phrase, and drop what has not been handed on."""
        self._cutter = PhraseCutter()
        await self._hand_on([words])

    async def finish(self) -> None:
        """Hand on what is left."""
        await self._hand_on(self._cutter.flush())

    async def _hand_on(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._turn.timings.first_phrase = self._turn.timings.first_phrase or self._clock()
            await self.phrases.send(_Phrase(self._count, text, self.reply.find(text)))
            self._count += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The stages of a turn on shared engines. Stateless."""

    engines: Engines
    clock: Clock
    chat: ChatOptions = field(default_factory=ChatOptions)
    voice: VoiceOptions = field(default_factory=VoiceOptions)
    timeout_s: float = 20.0
    """Seconds for one transcript, one token, one piece of sound."""
    load: LoadSource = no_load

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        """The transcript, shape (samples,) at 16 kHz. EngineError or EngineTimeout when it cannot be had."""
        with stage_errors("asr"), anyio.fail_after(self.timeout_s):
            return await self.engines.asr.transcribe(sound, options)

    async def prefill(self, messages: Sequence[Message]) -> None:
        """Let the model read `messages` ahead. An error will show when the reply is asked for."""
        with suppress(InzwaError), stage_errors("llm"):
            await self.engines.llm.prepare(messages, self.chat)

    async def answer(self, turn: Turn, messages: Sequence[Message], emit: Emit, playout: Playout) -> None:
        """Generate and speak the reply to `messages`. A stage's failure comes out as that stage's own error."""
        await self._run(turn, playout, partial(self._generate, turn, messages, emit))

    async def recite(self, turn: Turn, text: str, emit: Emit, playout: Playout) -> None:
        """Speak a fixed text as the reply; the model is not asked."""
        turn.timings.first_token = self.clock()
        await emit(LlmFinal(turn.number, text))
        await self._run(turn, playout, partial(self._recite, text))

    async def _run(self, turn: Turn, playout: Playout, write: Callable[[_Writer], Coroutine[None, None, None]]) -> None:
        """The reply's two stages side by side, with the queue of phrases between them."""
        send, receive = anyio.create_memory_object_stream[_Phrase](PHRASES_WAITING)
        with ungrouped():
            async with anyio.create_task_group() as stages:
                stages.start_soon(write, _Writer(turn, self.clock, send))
                stages.start_soon(self._speak, turn, playout, receive)

    async def _generate(self, turn: Turn, messages: Sequence[Message], emit: Emit, writer: _Writer) -> None:
        reply = generate(self.engines.llm, messages, self.chat, language=turn.language, timeout_s=self.timeout_s)
        async with writer.phrases, aclosing(reply) as texts:
            async for text in texts:
                turn.timings.first_token = turn.timings.first_token or self.clock()
                if text.replaces_rest:
                    writer.reply.skip_rest()
                if words := writer.reply.write(text.words):
                    await emit(LlmPartial(turn.number, words))
                await (writer.replace_rest(words) if text.replaces_rest else writer.write(words))
            await writer.finish()
            await emit(LlmFinal(turn.number, writer.reply.text.rstrip()))

    async def _recite(self, text: str, writer: _Writer) -> None:
        async with writer.phrases:
            await writer.write(writer.reply.write(text))
            await writer.finish()

    async def _speak(self, turn: Turn, playout: Playout, phrases: MemoryObjectReceiveStream[_Phrase]) -> None:
        async with phrases:
            async for phrase in phrases:
                await self._keep_pace(playout)
                await playout.emit(TtsStart(turn.number, phrase.index, phrase.text, *phrase.written))
                await self._speak_phrase(turn, phrase, playout)
        await playout.emit(TtsEnd(turn.number))

    async def _keep_pace(self, playout: Playout) -> None:
        """On a busy machine later phrases are made when they are nearly due: others wait for their first one."""
        ahead_s = playout.ahead_s
        if ahead_s > AHEAD_S and self.load() >= Load.STRAINED:
            await anyio.sleep(ahead_s - AHEAD_S)

    async def _speak_phrase(self, turn: Turn, phrase: _Phrase, playout: Playout) -> None:
        options = replace(self.voice, priority=Priority.NORMAL if phrase.index else Priority.URGENT)
        async with aclosing(speak(self.engines.tts, phrase.text, options, timeout_s=self.timeout_s)) as chunks:
            async for chunk in chunks:
                await playout.emit(TtsAudio(turn.number, chunk.sound, chunk.sample_rate))
                now = turn.timings.last_audio = self.clock()
                turn.timings.first_audio = turn.timings.first_audio or now
        playout.finish_phrase(turn.number)
