"""The reply's sound on its way out: one gate that lets it through or holds it, and one clock of what was played.

While speech over the reply may be an interruption the gate is closed: the voice waits, the client pauses, and the
clock stands still. Sound that was already in the outbox is kept here until the gate opens.
"""

from collections.abc import Iterator
from typing import Final, Protocol

import anyio

from inzwa.conversation.output.playout_clock import PlayoutClock
from inzwa.conversation.turn import Clock, Emit
from inzwa.events import ServerEvent, TtsAudio, TtsEnd, TtsHold, TtsResume, TtsStart, TurnCancelled, TurnEnd

RECENT_PHRASES: Final = 3
"""Phrases that may be audible now: synthesis is ahead of the speaker by a phrase or two."""

Sounding = TtsStart | TtsAudio | TtsEnd


class Playout(Protocol):
    """Where a reply's sound goes."""

    @property
    def ahead_s(self) -> float:
        """Seconds of sound that the client has and has not played."""
        ...

    async def emit(self, event: Sounding) -> None:
        """Send an event of the voice. Waits while there is no room for it."""
        ...

    def finish_phrase(self, turn: int) -> None:
        """All sound of the turn's newest phrase has been sent."""
        ...


class PlayoutGate:
    """One conversation's gate; at most one turn's sound passes it."""

    def __init__(self, clock: Clock, emit: Emit) -> None:
        self.cancelled = 0
        """Number of the newest turn that was cancelled: its sound, and that of older ones, is dropped."""
        self._clock, self._emit = clock, emit
        self._turn = 0
        self._played = PlayoutClock()
        self._complete = False
        self._opened = anyio.Event()
        self._opened.set()
        self._pending: list[Sounding | TurnEnd] = []
        """Events that had left the gate when it closed: at most the outbox's eight and the one on its way there."""
        self._flushed = anyio.Event()
        self._flushed.set()

    def begin(self, turn: int) -> PlayoutClock:
        """From now on the sound is this turn's; the clock of its playout."""
        self.end()
        self._turn, self._complete, self._played = turn, False, PlayoutClock()
        return self._played

    def end(self) -> None:
        """No sound of the turn is wanted any more."""
        self._turn = 0
        self._opened.set()

    def cancel(self, turn: int) -> None:
        """Sound of this turn and of those before it is stale, wherever it is."""
        self.cancelled = turn

    @property
    def playing(self) -> bool:
        """Whether the client still has sound to play, by our reckoning; held sound counts."""
        return bool(self._turn) and self._played.playing(self._clock())

    @property
    def sounding_ms(self) -> int | None:
        """For how long the turn has been audible, pauses between late phrases included; None before and after."""
        if not self._turn or not self._played.begun or (self._complete and not self.playing):
            return None
        return round((self._clock() - self._played.start_s) * 1000)

    @property
    def ahead_s(self) -> float:
        """Seconds of sound that the client has and has not played."""
        return self._played.end_s - self._clock() if self._played.begun else 0.0

    @property
    def recent_text(self) -> str:
        """The newest phrases: what an echo of the reply would be made of."""
        return " ".join(self._played.phrases[-RECENT_PHRASES:]) if self._turn else ""

    @property
    def held_turn(self) -> int:
        """The turn whose sound is held; 0 when none is."""
        return 0 if self._opened.is_set() else self._turn

    async def emit(self, event: Sounding) -> None:
        """Send an event of the voice once the gate is open, and count what it adds to the playout."""
        if isinstance(event, TtsStart) and event.turn == self._turn:
            self._played.begin(event.text)
        while not (self._opened.is_set() and self._flushed.is_set()):
            await self._opened.wait()
            await self._flushed.wait()
        await self._emit(event)
        if event.turn != self._turn:
            return
        if isinstance(event, TtsAudio):
            self._played.sent(event.sound.size / event.sample_rate, self._clock())
        self._complete = self._complete or isinstance(event, TtsEnd)

    def finish_phrase(self, turn: int) -> None:
        """All sound of the turn's newest phrase has been sent."""
        if turn == self._turn:
            self._played.finish()

    async def wait_until_open(self) -> None:
        """A turn does not end while its reply is held."""
        await self._opened.wait()

    async def hold(self) -> None:
        """Close the gate: what the user says may be an interruption."""
        if not self._turn or self.held_turn:
            return
        self._opened = anyio.Event()
        self._played.hold(self._clock())
        await self._emit(TtsHold(self._turn))

    async def resume(self) -> None:
        """Open the gate: it was no interruption."""
        turn = self.held_turn
        if not turn:
            return
        self._played.resume(self._clock())
        if self._pending:
            self._flushed = anyio.Event()
        self._opened.set()
        await self._emit(TtsResume(turn))

    def release(self, event: ServerEvent) -> Iterator[ServerEvent]:
        """What the socket sends now that `event` has left the outbox: sound of a held turn waits until it resumes."""
        match event:
            case TtsResume():
                yield event
                pending, self._pending = self._pending, []
                for each in pending:
                    yield from self.release(each)
                self._flushed.set()
            case TtsStart() | TtsAudio() | TtsEnd() | TurnEnd() if event.turn == self.held_turn:
                self._pending.append(event)
            case TurnCancelled():
                self._pending.clear()
                self._flushed.set()
                yield event
            case _:
                yield event
