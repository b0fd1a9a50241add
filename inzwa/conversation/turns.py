"""A conversation's turns, one at a time: begun, answered, interrupted, remembered. Knows no microphone.

Every turn ends by exactly one of TurnEnd and TurnCancelled, save that TurnCancelled may follow TurnEnd while the client
still plays the sound. What enters the history is what the user said and, of the reply, what the user heard.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import anyio
from anyio.abc import TaskGroup

from inzwa.conversation.history import History
from inzwa.conversation.load import SHORT_REPLY_TOKENS, Load
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.pipeline import Clock, Emit, Marks, Pipeline, Turn
from inzwa.conversation.playout import PlayoutGate
from inzwa.conversation.safety import judge
from inzwa.errors import EngineError, InzwaError, stage_errors
from inzwa.events import AsrFinal, CancelReason, Problem, TurnCancelled, TurnEnd
from inzwa.protocols import ChatModel, Engines, Message, Transcript
from inzwa.shona.dialogue.assistant import line

UNSAID: Final = 64
"""Tokens kept free for what the user has yet to say: what has to be forgotten for it is forgotten while they speak, and
the model reads the rest again then, not when they wait for the answer."""


@dataclass(slots=True, eq=False)
class Reply:
    """The turn begun last, and how far it is."""

    turn: Turn
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    user: str = ""
    start_ms: int | None = None
    """Where the speech that it answers begins; None for a typed turn."""
    typed: bool = False
    """Who types reads the reply: what was said counts as taken in, heard or not."""
    running: bool = True
    done: anyio.Event = field(default_factory=anyio.Event)


Ending = TurnEnd | TurnCancelled

Work = Callable[[Reply], Awaitable[Ending]]


class Turns:
    """The turns of one session. At most one is under way; beginning another stops it."""

    def __init__(self, engines: Engines, options: SessionOptions, clock: Clock, emit: Emit, tasks: TaskGroup) -> None:
        self.count = 0
        """Turns begun so far."""
        self.cancelled = 0
        """Sound of this turn and of those before it is not wanted any more."""
        self.pipeline = Pipeline(
            engines=engines,
            clock=clock,
            chat=options.chat,
            voice=options.voice,
            timeout_s=options.engine_timeout_s,
            load=options.load,
        )
        self.loudspeaker = PlayoutGate(clock, emit)
        self._engines, self._options = engines, options
        self._clock, self._emit, self._tasks = clock, emit, tasks
        self._history = History("")
        self._reply: Reply | None = None

    @property
    def replying(self) -> bool:
        """Whether a reply is being made or, by our reckoning, still coming out of the speaker."""
        reply = self._reply
        return reply is not None and (reply.running or self.loudspeaker.playing)

    @property
    def unheard_from_ms(self) -> int | None:
        """Where the speech begins whose transcript is still being made; None when there is none."""
        return self._reply.start_ms if self._reply and self._reply.running and not self._reply.user else None

    def begin_spoken(
        self, final: Callable[[], Awaitable[Transcript]], start_ms: int, end_ms: int, ago_s: float
    ) -> None:
        """A turn from speech that ended `ago_s` seconds ago; `final` gives its transcript."""
        self._begin(partial(self._hear, final=final, start_ms=start_ms, end_ms=end_ms), ago_s, start_ms)

    def begin_typed(self, text: str, now_ms: int) -> None:
        """A turn from a text typed when `now_ms` of the user's audio had been heard."""
        self._begin(partial(self._read, text=text, now_ms=now_ms), 0.0)

    async def begin_empty(self, now_ms: int) -> None:
        """The user asked for an answer and had said nothing."""
        self.count += 1
        await self._emit(AsrFinal(self.count, "", now_ms, now_ms))
        await self._emit(TurnCancelled(self.count, "no_speech"))

    async def prepare(self, text: str) -> None:
        """Read ahead the prompt that a turn of `text` would have, in case it comes to that."""
        if not self.replying:
            with suppress(EngineError):  # it will show when the reply is asked for
                await self.pipeline.prepare(_messages(self._history, text, self._engines.llm, self._options))

    async def stop(self, reason: CancelReason) -> None:
        """End the reply at hand, if any: stop its work and its sound, and keep of it what was heard."""
        reply, unheard = self._reply, self.replying
        if reply is None:
            return
        reply.running = False
        reply.scope.cancel()
        self._settle(reply)
        if unheard:
            self.cancelled = reply.turn.number
            await self._emit(TurnCancelled(reply.turn.number, reason))

    async def finished(self) -> None:
        """Wait until no turn is under way."""
        while self._reply is not None and not self._reply.done.is_set():
            await self._reply.done.wait()

    async def tell(self, error: InzwaError) -> None:
        """Say what went wrong; the session goes on."""
        await self._emit(_problem(error))

    def _begin(self, work: Work, ago_s: float, start_ms: int | None = None) -> None:
        self.count += 1
        now = self._clock()
        turn = Turn(
            number=self.count, language=self._options.language, marks=Marks(speech_end=now - ago_s, decided=now)
        )
        self._reply = Reply(turn, start_ms=start_ms)
        self.loudspeaker.begin(turn)
        self._tasks.start_soon(self._run, self._reply, work)

    async def _run(self, reply: Reply, work: Work) -> None:
        """A turn to its end, which is told outside the turn's scope: stopping can neither withdraw nor double it."""
        outcome: list[Problem | Ending] = []
        try:
            with reply.scope:
                outcome = await self._outcome(reply, work)
            if reply.running:
                await self._end(reply, outcome)
        finally:
            reply.done.set()

    async def _outcome(self, reply: Reply, work: Work) -> list[Problem | Ending]:
        try:
            return [await work(reply)]
        except InzwaError as error:
            failure = error
        except Exception as error:  # the session's edge: whatever it is ends the turn, not the conversation
            failure = InzwaError(f"The turn failed ({type(error).__name__}).")
        return [_problem(failure), TurnCancelled(reply.turn.number, "failed")]

    async def _end(self, reply: Reply, outcome: list[Problem | Ending]) -> None:
        reply.running = False
        if isinstance(outcome[-1], TurnCancelled):
            self._settle(reply)
            self.cancelled = reply.turn.number
        for event in outcome:
            await self._emit(event)

    async def _hear(
        self, reply: Reply, *, final: Callable[[], Awaitable[Transcript]], start_ms: int, end_ms: int
    ) -> Ending:
        transcript = await final()
        await self._emit(AsrFinal(reply.turn.number, transcript.text, start_ms, end_ms))
        if not transcript.text:
            return TurnCancelled(reply.turn.number, "no_speech")
        return await self._answer(reply, transcript.text, spoken=True)

    async def _read(self, reply: Reply, *, text: str, now_ms: int) -> Ending:
        reply.typed = True
        await self._emit(AsrFinal(reply.turn.number, text, now_ms, now_ms))
        return await self._answer(reply, text, spoken=False)

    async def _answer(self, reply: Reply, text: str, *, spoken: bool) -> TurnEnd:
        """Think and speak on the engines of this moment: one that is exchanged meanwhile finishes the turn."""
        turn, reply.user = reply.turn, text
        turn.marks.heard = self._clock()
        with self._engines.held() as engines:
            pipeline = replace(_fit(self.pipeline, self._options.load()), engines=engines)
            if verdict := judge(text, "heard"):
                await pipeline.recite(turn, line(verdict.reply, turn.language), self.loudspeaker.emit)
            else:
                messages = _messages(self._history, text, engines.llm, self._options)
                await pipeline.answer(turn, messages, self.loudspeaker.emit)
        await self.loudspeaker.finish()
        return TurnEnd(turn.number, turn.marks.latency(spoken=spoken))

    def _settle(self, reply: Reply) -> None:
        if reply is self._reply:
            self._reply = None
            self.loudspeaker.end()
        if reply.user:
            turn = reply.turn
            taken_in = " ".join(turn.said) if reply.typed else turn.playback.heard(self._clock())
            self._history.add(reply.user, taken_in)


def _problem(error: InzwaError) -> Problem:
    return Problem(error.code, error.message, error.retryable)


def _messages(history: History, text: str, llm: ChatModel, options: SessionOptions) -> list[Message]:
    """The prompt of a turn: as much of the conversation as this model and the settings have room for. While there is no
    text yet, UNSAID tokens less."""
    with stage_errors("llm"):
        history.system = options.system_prompt(llm.info)
        window = min(options.context_tokens, llm.context_tokens)
        budget = window - options.chat.max_new_tokens
        return history.messages(text, llm.count_tokens, budget if text else budget - min(UNSAID, budget // 4))


def _fit(pipeline: Pipeline, load: Load) -> Pipeline:
    """The pipeline, its replies short under strain, so that everybody gets one."""
    chat = pipeline.chat
    if load < Load.STRAINED or chat.max_new_tokens <= SHORT_REPLY_TOKENS:
        return pipeline
    return replace(pipeline, chat=replace(chat, max_new_tokens=SHORT_REPLY_TOKENS))
