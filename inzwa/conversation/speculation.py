"""A reply begun in a pause, before it is decided that the user has finished: its first words and first sound are held.

When the turn begins with the same transcript, what is held is sent at once and the reply goes on. When speech goes on
it is thrown away, and nobody has seen or heard anything of it. It is begun only while there is capacity, and stops
when there no longer is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import anyio
from anyio.abc import TaskGroup

from inzwa.conversation.load_shedding import Load
from inzwa.conversation.output.held_output import HeldOutput
from inzwa.conversation.output.playout import Playout
from inzwa.conversation.pipeline import Pipeline
from inzwa.conversation.turn import Emit, Timings, Turn
from inzwa.protocols import Engines, Message

SPECULATE_BELOW: Final = Load.STRAINED
"""The load from which no reply is begun ahead, and those begun are dropped. One talker alone keeps two slow cores 40 %
busy while speaking; of what is begun most is used, and then was no extra work."""


@dataclass(frozen=True, slots=True)
class Speculation:
    """What became of one reply that was begun ahead."""

    used: bool
    pieces: int
    """Pieces of text that were made before it was decided."""
    sound_s: float
    """Seconds of sound that were made before it was decided."""


SpeculationReport = Callable[[Speculation], None]
"""Told of each, once it is decided."""


def no_report(_: Speculation) -> None:
    """A SpeculationReport where nobody counts."""


class SpeculativeReply:
    """The reply that a turn would get, made by `run` in a task of its own and held until `give`."""

    def __init__(
        self, turn: Turn, messages: Sequence[Message], pipeline: Pipeline, report: SpeculationReport = no_report
    ) -> None:
        self.turn, self.messages = turn, tuple(messages)
        self._pipeline, self._report = pipeline, report
        self._output = HeldOutput(self._stop_when_busy)
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()
        self._decided = False
        self._failure: Exception | None = None

    def answers(self, turn: int, messages: Sequence[Message]) -> bool:
        """Whether it can be the reply of the turn with this number to these messages."""
        wanted = (self.turn.number, self.messages) == (turn, tuple(messages))
        return wanted and not self._decided and self._failure is None

    async def run(self, engines: Engines) -> None:
        """Make the reply as far as it may be held, and to its end once it is given. A failure is `give`'s to raise."""
        pipeline = replace(self._pipeline, engines=engines)
        try:
            with self._scope:
                await pipeline.answer(self.turn, self.messages, self._output.emit_text, self._output)
        except Exception as error:  # it belongs to the turn that is given the reply, if there will be one
            self._failure = error
        finally:
            self._done.set()

    async def give(self, timings: Timings, emit: Emit, playout: Playout) -> None:
        """The turn of `timings` has begun: send what is held, then the rest as it is made, to the reply's end."""
        self._decide(used=True)
        now, made, self.turn.timings = self._pipeline.clock(), self.turn.timings, timings
        timings.first_token = made.first_token and now
        timings.first_phrase = made.first_phrase and now
        try:
            await self._output.release(emit, playout, timings, self._pipeline.clock)
            await self._done.wait()
        finally:
            self._scope.cancel()
        if self._failure:
            raise self._failure

    def drop(self) -> None:
        """It is not wanted: stop making it."""
        if not self._decided:
            self._decide(used=False)
            self._scope.cancel()

    def _decide(self, *, used: bool) -> None:
        self._decided = True
        self._report(Speculation(used, self._output.pieces, self._output.sound_s))

    def _stop_when_busy(self) -> None:
        if self._pipeline.load() >= SPECULATE_BELOW:
            self.drop()


class Speculations:
    """A conversation's speculative reply; at most one at a time. Its tasks are the session's."""

    def __init__(self, pipeline: Pipeline, tasks: TaskGroup, report: SpeculationReport = no_report) -> None:
        self._pipeline, self._tasks, self._report = pipeline, tasks, report
        self._current: SpeculativeReply | None = None

    def begin(self, turn: Turn, messages: Sequence[Message]) -> None:
        """Make this turn's reply to these messages ahead, in place of the one before."""
        self.drop()
        self._current = SpeculativeReply(turn, messages, self._pipeline, self._report)
        self._tasks.start_soon(self._run, self._current)

    def take(self, turn: Turn, messages: Sequence[Message]) -> SpeculativeReply | None:
        """What was begun ahead, where it is this turn's reply to these messages; else it is dropped."""
        if not self._current or not self._current.answers(turn.number, messages):
            self.drop()
            return None
        taken, self._current = self._current, None
        return taken

    def drop(self) -> None:
        """What was begun ahead is not wanted."""
        if self._current:
            self._current.drop()
            self._current = None

    async def _run(self, reply: SpeculativeReply) -> None:
        """Like a turn, on the engines of this moment: one that is replaced meanwhile serves it to its end."""
        with self._pipeline.engines.pinned() as engines:
            await reply.run(engines)
