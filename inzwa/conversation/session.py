"""One conversation: what the client sends becomes utterances and turns.

One loop reads the inbox; everything slower runs in tasks of the session's own group. A full outbox makes the loop
wait, which fills the inbox, which makes the client wait.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio
from anyio.abc import TaskGroup

from inzwa.audio.pcm import Sound
from inzwa.conversation.barge_in import BargeIn
from inzwa.conversation.input.endpointing import Edge, SpeechEnded, SpeechPaused, SpeechResumed, SpeechStarted
from inzwa.conversation.input.speech_input import SpeechInput
from inzwa.conversation.input.utterance import Draft, Utterance
from inzwa.conversation.load_shedding import Load
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.turn import Clock, Emit
from inzwa.conversation.turn_taking import FinalTranscript, Turns
from inzwa.errors import AudioTooLong, EngineError, InzwaError, ungrouped
from inzwa.events import Cancel, ClientEvent, EndTurn, MicrophoneFrame, SpeechStart, SpeechStop, TypedText
from inzwa.protocols import Engines, Transcript, stage_errors
from inzwa.shona.dialogue.completeness import UNFINISHED, completeness


class Session:
    """One user's conversation on shared engines. Open it with `open_session`; feed it with `handle`."""

    def __init__(self, engines: Engines, options: SessionOptions, clock: Clock, emit: Emit, tasks: TaskGroup) -> None:
        self.dropped_partials = 0
        """Partial transcripts that were due and not made."""
        self.turns = Turns(engines, options, clock, emit, tasks)
        self._options, self._emit, self._tasks = options, emit, tasks
        self._barge_in = BargeIn(self.turns, options, emit)
        self._input = SpeechInput(engines.vad, options.endpoint)
        self._detector_failed = False
        self._utterance: Utterance | None = None

    async def handle(self, event: ClientEvent) -> None:
        """Act on one message of the client's. Waits while the outbox is full."""
        match event:
            case MicrophoneFrame():
                await self._listen(event.sound)
            case EndTurn():
                await self._finish()
            case Cancel():
                self._drop_utterance()
                await self.turns.stop("cancelled")
            case TypedText():
                self._drop_utterance()
                await self.turns.stop("interrupted")
                self.turns.begin_typed(event.text, self._input.now_ms)

    async def _listen(self, sound: Sound) -> None:
        try:
            with stage_errors("vad"):
                edges = list(self._input.push(sound))
            self._detector_failed = False
        except EngineError as error:
            self._drop_utterance()
            if not self._detector_failed:
                await self.turns.report(error)
            self._detector_failed = True
            return
        for edge in edges:
            await self._handle_edge(edge)
        self._begin_partial()

    async def _handle_edge(self, edge: Edge) -> None:
        match edge:
            case SpeechStarted():
                await self._start(edge.start_ms)
            case SpeechPaused() if self._utterance:
                self._begin_draft(self._utterance, edge)
            case SpeechResumed() if self._utterance:
                self._utterance.drop_draft()
                self.turns.speculations.drop()
                await self._barge_in.speech_resumed(self._utterance)
            case SpeechEnded():
                await self._end(edge)

    async def _start(self, start_ms: int) -> None:
        self._utterance = await self._barge_in.begin(start_ms, self._input.now_ms)
        if self._utterance is None:
            self._input.reset()
            return
        await self._emit(SpeechStart(self._utterance.start_ms))
        if self._options.load() < Load.HEAVY:
            self._tasks.start_soon(self.turns.prefill)  # the conversation so far is read while the user speaks

    async def _end(self, edge: SpeechEnded) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return
        self.dropped_partials += utterance.dropped
        await self._emit(SpeechStop(edge.end_ms))
        if edge.reason == "too_long":
            limit = self._options.endpoint.max_ms // 1000
            await self.turns.report(AudioTooLong(f"Only the first {limit} seconds of an utterance are heard."))
        if edge.reason == "finished":
            await self._barge_in.accept(utterance)
        final = partial(utterance.final, self._input.cut(utterance.start_ms, edge.end_ms), edge.end_ms)
        if self._barge_in.undecided(utterance):
            self._tasks.start_soon(self._answer_interruption, utterance, final, edge)
        else:
            self._begin_turn(utterance, final, edge)

    def _begin_turn(self, utterance: Utterance, final: FinalTranscript, edge: SpeechEnded) -> None:
        ago_s = 0.0 if edge.reason == "finished" else (self._input.now_ms - edge.end_ms) / 1000
        self.turns.begin_spoken(final, utterance.start_ms, edge.end_ms, ago_s)

    async def _answer_interruption(self, utterance: Utterance, final: FinalTranscript, edge: SpeechEnded) -> None:
        if transcript := await self._barge_in.decide(utterance, final()):
            self._begin_turn(utterance, partial(_known, transcript), edge)

    async def _finish(self) -> None:
        edge = self._input.finish()
        if edge is None:
            if not self.turns.replying:
                await self.turns.begin_empty(self._input.now_ms)
            return
        if self._utterance is None:
            await self._start(edge.start_ms)
        await self._end(edge)

    def _begin_partial(self) -> None:
        now_ms = self._input.now_ms
        if not self._utterance or not self._input.speaking:
            return
        if scope := self._utterance.open_partial(now_ms, self._options.load()):
            sound = self._input.cut(self._utterance.start_ms, now_ms)
            self._tasks.start_soon(self._make_partial, self._utterance, scope, sound, now_ms)

    async def _make_partial(self, utterance: Utterance, scope: anyio.CancelScope, sound: Sound, now_ms: int) -> None:
        text = await utterance.make_partial(scope, sound, now_ms)
        if text and utterance is self._utterance and await self._barge_in.is_answered(utterance, text):
            self._hint(utterance, text)
            if self._options.load() < Load.HEAVY:
                await self.turns.prefill(text)  # what the model has read of it need not be read after the end

    def _begin_draft(self, utterance: Utterance, pause: SpeechPaused) -> None:
        sound = self._input.cut(utterance.start_ms, pause.end_ms)
        self._tasks.start_soon(self._make_draft, utterance, utterance.open_draft(pause.end_ms), sound)

    async def _make_draft(self, utterance: Utterance, draft: Draft, sound: Sound) -> None:
        with draft.scope:  # speech that goes on cancels the prefill with the draft
            text = await utterance.make_draft(draft, sound)
            if text is not None and await self._barge_in.is_answered(utterance, text) and text:
                self._hint(utterance, text)
                if completeness(text) < UNFINISHED or not self.turns.speculate(text):
                    await self.turns.prefill(text)

    def _hint(self, utterance: Utterance, text: str) -> None:
        """Tell the endpointer what the words suggest, unless their utterance is over."""
        if text and utterance is self._utterance:
            self._input.hint(completeness(text))

    def _drop_utterance(self) -> None:
        """What is being said now is not wanted."""
        self._input.reset()
        self.turns.speculations.drop()
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
