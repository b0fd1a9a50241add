"""A conversation's turns, one at a time: begun, answered, interrupted, remembered.

Every turn ends by exactly one of TurnEnd and TurnCancelled, except that TurnCancelled may follow TurnEnd while the
client still plays the sound. What enters the history is what the user said and, of the reply, what the user heard.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import anyio
from anyio.abc import TaskGroup

from inzwa.conversation.history import History
from inzwa.conversation.load_shedding import SHORT_REPLY_TOKENS, Load
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.output.playout import PlayoutGate
from inzwa.conversation.output.playout_clock import PlayoutClock
from inzwa.conversation.output.safety import find_violation
from inzwa.conversation.pipeline import Pipeline
from inzwa.conversation.prompt import make_prompt
from inzwa.conversation.speculation import SPECULATE_BELOW, Speculations
from inzwa.conversation.turn import Clock, Emit, Timings, Turn
from inzwa.errors import EngineError, InzwaError
from inzwa.events import AsrFinal, CancelReason, Problem, TurnCancelled, TurnEnd
from inzwa.protocols import Engines, Transcript
from inzwa.shona.dialogue.assistant import line

Ending = TurnEnd | TurnCancelled


@dataclass(slots=True, eq=False)
class ActiveTurn:
    """The turn that was begun last, and how far it is."""

    turn: Turn
    played: PlayoutClock
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    user: str = ""
    """What the user said, once it is known."""
    start_ms: int | None = None
    """Where the speech that it answers begins; None for a typed turn."""
    typed: bool = False
    """Who types reads the reply: all of it counts as taken in, heard or not."""
    running: bool = True
    done: anyio.Event = field(default_factory=anyio.Event)


Work = Callable[[ActiveTurn], Awaitable[Ending]]

FinalTranscript = Callable[[], Awaitable[Transcript]]
"""Makes the final transcript, or gives the one that was made ahead."""


class Turns:
    """The turns of one session. At most one is active; beginning another ends it."""

    def __init__(self, engines: Engines, options: SessionOptions, clock: Clock, emit: Emit, tasks: TaskGroup) -> None:
        self.pipeline = _pipeline(engines, options, clock)
        self.playout = PlayoutGate(clock, emit)
        self._engines, self._options = engines, options
        self._clock, self._emit, self._tasks = clock, emit, tasks
        self._count = 0
        self._history = History()
        self._active: ActiveTurn | None = None
        self.speculations = Speculations(self.pipeline, tasks, options.on_speculation)

    @property
    def next_number(self) -> int:
        """The number of the turn that comes next, from 1."""
        return self._count + 1

    @property
    def replying(self) -> bool:
        """Whether a reply is being made or, by our reckoning, still played."""
        return self._active is not None and (self._active.running or self.playout.playing)

    @property
    def untranscribed_from_ms(self) -> int | None:
        """Where the speech begins whose final transcript is still being made; None when there is none."""
        active = self._active
        return active.start_ms if active and active.running and not active.user else None

    def begin_spoken(self, final: FinalTranscript, start_ms: int, end_ms: int, ago_s: float) -> None:
        """A turn from speech that ended `ago_s` seconds ago; `final` gives its transcript."""
        self._begin(partial(self._answer_speech, final=final, start_ms=start_ms, end_ms=end_ms), ago_s, start_ms)

    def begin_typed(self, text: str, now_ms: int) -> None:
        """A turn from a text typed when `now_ms` of the user's audio had been received."""
        self._begin(partial(self._answer_typed, text=text, now_ms=now_ms), 0.0)

    async def begin_empty(self, now_ms: int) -> None:
        """The user asked for an answer and had said nothing."""
        self._count += 1
        await self._emit(AsrFinal(self._count, "", now_ms, now_ms))
        await self._emit(TurnCancelled(self._count, "no_speech"))

    async def prefill(self, text: str = "") -> None:
        """Let the model read ahead the prompt that a turn of `text` would have, which may still change. Without a text:
        the conversation so far, once there is room for what the user is about to say."""
        if not self.replying:
            with suppress(EngineError):  # it will show when the reply is asked for
                prompt = make_prompt(self._history, self._engines.llm, self._options, text, forget=not text)
                await self.pipeline.prefill(prompt)

    def speculate(self, text: str) -> bool:
        """Begin the reply to a turn of `text`, which may still change, and hold it. False where it is left alone."""
        self.speculations.drop()
        if self.replying or not _easy(self._options) or find_violation(text, "input"):
            return False
        with suppress(EngineError):  # as in prefill
            messages = make_prompt(self._history, self._engines.llm, self._options, text, forget=False)
            self.speculations.begin(self._new_turn(self.next_number), messages)
            return True
        return False

    async def stop(self, reason: CancelReason) -> None:
        """End the active turn, if any: stop its work and its sound, and remember of it what was heard."""
        self.speculations.drop()
        active, unheard = self._active, self.replying
        if active is None:
            return
        active.running = False
        active.scope.cancel()
        self._remember(active)
        if unheard:
            self.playout.cancel(active.turn.number)
            await self._emit(TurnCancelled(active.turn.number, reason))

    async def finished(self) -> None:
        """Wait until no turn is running."""
        while self._active is not None and not self._active.done.is_set():
            await self._active.done.wait()

    async def report(self, error: InzwaError) -> None:
        """Send an error to the client; the session goes on."""
        await self._emit(Problem.of(error))

    def _begin(self, work: Work, ago_s: float, start_ms: int | None = None) -> None:
        self._count += 1
        turn = self._new_turn(self._count, ago_s)
        self._active = ActiveTurn(turn, self.playout.begin(turn.number), start_ms=start_ms)
        self._tasks.start_soon(self._run, self._active, work)

    def _new_turn(self, number: int, ago_s: float = 0.0) -> Turn:
        now = self._clock()
        return Turn(number, self._options.language, Timings(speech_end=now - ago_s, decided=now))

    async def _run(self, active: ActiveTurn, work: Work) -> None:
        """A turn to its end, which is sent outside the turn's scope: stopping can neither drop nor double it."""
        outcome: list[Problem | Ending] = []
        try:
            with active.scope:
                outcome = await _outcome(active, work)
            if active.running:
                await self._end(active, outcome)
        finally:
            active.done.set()

    async def _end(self, active: ActiveTurn, outcome: list[Problem | Ending]) -> None:
        active.running = False
        self.speculations.drop()
        if isinstance(outcome[-1], TurnCancelled):
            self._remember(active)
            self.playout.cancel(active.turn.number)
        for event in outcome:
            await self._emit(event)

    async def _answer_speech(self, active: ActiveTurn, *, final: FinalTranscript, start_ms: int, end_ms: int) -> Ending:
        transcript = await final()
        await self._emit(AsrFinal(active.turn.number, transcript.text, start_ms, end_ms))
        if not transcript.text:
            return TurnCancelled(active.turn.number, "no_speech")
        return await self._answer(active, transcript.text)

    async def _answer_typed(self, active: ActiveTurn, *, text: str, now_ms: int) -> Ending:
        active.typed = True
        await self._emit(AsrFinal(active.turn.number, text, now_ms, now_ms))
        return await self._answer(active, text)

    async def _answer(self, active: ActiveTurn, text: str) -> TurnEnd:
        """Reply on the engines of this moment: one that is replaced meanwhile serves the turn to its end."""
        turn, active.user = active.turn, text
        turn.timings.heard = self._clock()
        with self._engines.pinned() as engines:
            pipeline = replace(_fit(self.pipeline, self._options.load()), engines=engines)
            if violation := find_violation(text, "input"):
                await pipeline.recite(turn, line(violation.reply, turn.language), self._emit, self.playout)
            else:
                messages = make_prompt(self._history, engines.llm, self._options, text, forget=True)
                if ahead := self.speculations.take(turn, messages):
                    await ahead.give(turn.timings, self._emit, self.playout)
                else:
                    await pipeline.answer(turn, messages, self._emit, self.playout)
        await self.playout.wait_until_open()
        return TurnEnd(turn.number, turn.timings.latency(spoken=not active.typed))

    def _remember(self, active: ActiveTurn) -> None:
        if active is self._active:
            self._active = None
            self.playout.end()
        if active.user:
            reply = " ".join(active.played.phrases) if active.typed else active.played.heard(self._clock())
            self._history.add(active.user, reply)


async def _outcome(active: ActiveTurn, work: Work) -> list[Problem | Ending]:
    """What is sent at the turn's end."""
    try:
        return [await work(active)]
    except InzwaError as error:
        failure = error
    except Exception as error:  # the session's edge: whatever it is ends the turn, not the conversation
        failure = InzwaError(f"The turn failed ({type(error).__name__}).")
    return [Problem.of(failure), TurnCancelled(active.turn.number, "failed")]


def _easy(options: SessionOptions) -> bool:
    """Whether a reply may be begun that perhaps nobody will want."""
    return options.speculate and options.load() < SPECULATE_BELOW


def _pipeline(engines: Engines, options: SessionOptions, clock: Clock) -> Pipeline:
    return Pipeline(
        engines=engines,
        clock=clock,
        chat=options.chat,
        voice=options.voice,
        timeout_s=options.engine_timeout_s,
        load=options.load,
    )


def _fit(pipeline: Pipeline, load: Load) -> Pipeline:
    """The pipeline, its replies short under strain, so that everybody gets one."""
    chat = pipeline.chat
    if load < Load.STRAINED or chat.max_new_tokens <= SHORT_REPLY_TOKENS:
        return pipeline
    return replace(pipeline, chat=replace(chat, max_new_tokens=SHORT_REPLY_TOKENS))
