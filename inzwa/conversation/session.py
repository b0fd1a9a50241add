"""One conversation: what the client sends, turned into utterances and turns. Knows no socket and no engine by name.

One loop reads the inbox; everything slower runs in tasks of the session's own group. A full outbox makes the loop
wait, which fills the inbox, which makes the client wait.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio
from anyio.abc import TaskGroup

from inzwa.audio.pcm import Sound
from inzwa.conversation.barge_in import BargeIn
from inzwa.conversation.endpointing import Edge, SpeechEnded, SpeechPaused, SpeechResumed, SpeechStarted
from inzwa.conversation.load import Load
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.pipeline import Clock, Emit
from inzwa.conversation.speech_input import SpeechInput
from inzwa.conversation.turns import Turns
from inzwa.conversation.utterance import Utterance
from inzwa.errors import AudioTooLong, EngineError, InzwaError, stage_errors, ungrouped
from inzwa.events import Cancel, ClientEvent, EndTurn, MicrophoneFrame, SpeechStart, SpeechStop, TypedText
from inzwa.protocols import Engines, Transcript
from inzwa.shona.dialogue.cues import turn_cue


class Session:
    """One user's conversation on shared engines. Open it with `open_session`; feed it with `take`."""

    def __init__(self, engines: Engines, options: SessionOptions, clock: Clock, emit: Emit, tasks: TaskGroup) -> None:
        self.dropped_partials = 0
        """Partial transcripts that were due and not made."""
        self.turns = Turns(engines, options, clock, emit, tasks)
        self._options, self._emit, self._tasks = options, emit, tasks
        self._floor = BargeIn(self.turns, options)
        self._ear = SpeechInput(engines.vad, options.endpoint)
        self._deaf = False
        self._utterance: Utterance | None = None

    async def take(self, event: ClientEvent) -> None:
        """Act on one message of the client's. Waits while the outbox is full."""
        match event:
            case MicrophoneFrame():
                await self._listen(event.sound)
            case EndTurn():
                await self._finish()
            case Cancel():
                self._forget()
                await self.turns.stop("cancelled")
            case TypedText():
                self._forget()
                await self.turns.stop("interrupted")
                self.turns.begin_typed(event.text, self._ear.now_ms)

    async def _listen(self, sound: Sound) -> None:
        try:
            with stage_errors("vad"):
                edges = list(self._ear.push(sound))
            self._deaf = False
        except EngineError as error:
            self._forget()
            if not self._deaf:
                await self.turns.tell(error)
            self._deaf = True
            return
        for edge in edges:
            await self._follow(edge)
        self._begin_partial()

    async def _follow(self, edge: Edge) -> None:
        match edge:
            case SpeechStarted():
                await self._start(edge.start_ms)
            case SpeechPaused() if self._utterance:
                self._begin_draft(self._utterance, edge)
            case SpeechResumed() if self._utterance:
                self._utterance.drop_draft()
                if self._utterance.overlaps_reply:
                    await self.turns.loudspeaker.hold()
            case SpeechEnded():
                await self._end(edge)

    async def _start(self, start_ms: int) -> None:
        if self._floor.closed:
            self._ear.reset()
            return
        self._utterance = await self._floor.take(start_ms, self._ear.now_ms, self._emit)
        await self._emit(SpeechStart(self._utterance.start_ms))
        if not self._utterance.overlaps_reply and self._options.load() < Load.HEAVY:
            self._tasks.start_soon(self.turns.prepare, "")  # the conversation so far is read while the user speaks

    async def _end(self, edge: SpeechEnded) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return
        self.dropped_partials += utterance.dropped
        await self._emit(SpeechStop(edge.end_ms))
        if edge.reason == "too_long":
            limit = self._options.endpoint.max_ms // 1000
            await self.turns.tell(AudioTooLong(f"Only the first {limit} seconds of an utterance are heard."))
        if edge.reason == "finished":
            await self._floor.accept(utterance)
        final = partial(utterance.final, self._ear.cut(utterance.start_ms, edge.end_ms), edge.end_ms)
        if utterance.overlaps_reply:
            self._tasks.start_soon(self._settle, utterance, final, edge)
        else:
            self._begin_turn(utterance, final, edge)

    def _begin_turn(self, utterance: Utterance, final: Callable[[], Awaitable[Transcript]], edge: SpeechEnded) -> None:
        ago_s = 0.0 if edge.reason == "finished" else (self._ear.now_ms - edge.end_ms) / 1000
        self.turns.begin_spoken(final, utterance.start_ms, edge.end_ms, ago_s)

    async def _settle(
        self, utterance: Utterance, final: Callable[[], Awaitable[Transcript]], edge: SpeechEnded
    ) -> None:
        """Speech over the reply is over: it was an interruption, and is answered, or the reply goes on."""
        try:
            transcript = await final()
        except EngineError as error:
            await self.turns.tell(error)
            await self.turns.loudspeaker.resume()
            return
        if await self._floor.weigh(utterance, transcript.text):
            self._begin_turn(utterance, partial(_known, transcript), edge)

    async def _finish(self) -> None:
        edge = self._ear.finish()
        if edge is None:
            if not self.turns.replying:
                await self.turns.begin_empty(self._ear.now_ms)
            return
        if self._utterance is None:
            await self._start(edge.start_ms)
        await self._end(edge)

    def _begin_partial(self) -> None:
        now_ms = self._ear.now_ms
        if not self._utterance or not self._ear.speaking:
            return
        if scope := self._utterance.open_partial(now_ms, self._options.load()):
            sound = self._ear.cut(self._utterance.start_ms, now_ms)
            self._tasks.start_soon(self._make_partial, self._utterance, scope, sound, now_ms)

    async def _make_partial(self, utterance: Utterance, scope: anyio.CancelScope, sound: Sound, now_ms: int) -> None:
        text = await utterance.make_partial(scope, sound, now_ms)
        if text and utterance is self._utterance and await self._floor.weigh(utterance, text):
            self._hint(utterance, text)
            if self._options.load() is Load.EASY:
                await self.turns.prepare(text)  # what the model has read of it need not be read after the end

    def _begin_draft(self, utterance: Utterance, pause: SpeechPaused) -> None:
        sound = self._ear.cut(utterance.start_ms, pause.end_ms)
        draft = utterance.open_draft(pause.end_ms)
        self._tasks.start_soon(utterance.make_draft, draft, sound, partial(self._read_ahead, utterance))

    async def _read_ahead(self, utterance: Utterance, text: str) -> None:
        if await self._floor.weigh(utterance, text) and text:
            self._hint(utterance, text)
            await self.turns.prepare(text)

    def _hint(self, utterance: Utterance, text: str) -> None:
        """Words of an utterance that is over say nothing of the next one."""
        if text and utterance is self._utterance:
            self._ear.hint(turn_cue(text))

    def _forget(self) -> None:
        """What is being said now is not wanted."""
        self._ear.reset()
        if self._utterance:
            self.dropped_partials += self._utterance.dropped
            self._utterance.close()
            self._utterance = None


async def _known(transcript: Transcript) -> Transcript:
    return transcript


@asynccontextmanager
async def open_session(
    engines: Engines, options: SessionOptions, emit: Emit, clock: Clock = time.monotonic
) -> AsyncIterator[Session]:
    """A conversation whose tasks end with the block; what the model kept warm for it is dropped."""
    try:
        with ungrouped():
            async with anyio.create_task_group() as tasks:
                yield Session(engines, options, clock, emit, tasks)
                tasks.cancel_scope.cancel()
    finally:
        with suppress(InzwaError), stage_errors("llm"), anyio.move_on_after(options.engine_timeout_s, shield=True):
            await engines.llm.forget(options.chat.session)
