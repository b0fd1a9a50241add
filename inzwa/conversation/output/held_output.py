"""The way out of a reply that is made ahead: holds its first words and first sound until they may be sent.

It stands in for both of a reply's ways out, the events and the playout. What it holds is bounded: it takes the first
phrase, the few pieces of text that are written meanwhile, and one chunk of sound; whoever brings more waits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import anyio

from inzwa.conversation.output.playout import Playout, Sounding
from inzwa.conversation.turn import Clock, Emit, Timings
from inzwa.events import ServerEvent, TtsAudio, TtsStart

MAX_PIECES: Final = 32
"""Pieces of text that are held at most. A first phrase has 5 to 12."""


@dataclass(frozen=True, slots=True)
class _PhraseFinished:
    turn: int


class HeldOutput:
    """Holds what it is given until `release`; then it passes everything on."""

    def __init__(self, while_held: Callable[[], None]) -> None:
        """`while_held` is called for every event that is held or has to wait."""
        self.pieces = 0
        """Pieces of text held, not counting what was passed on."""
        self.sound_s = 0.0
        """Seconds of sound held."""
        self._while_held = while_held
        self._phrase_begun = False
        self._events: list[ServerEvent | _PhraseFinished] = []
        self._way_out: tuple[Emit, Playout] | None = None
        self._opened = anyio.Event()

    @property
    def ahead_s(self) -> float:
        """Seconds of sound that the client has and has not played."""
        return self._way_out[1].ahead_s if self._way_out else 0.0

    async def emit_text(self, event: ServerEvent) -> None:
        """Hold a piece of text, or send it once the output is released. Waits while enough is held."""
        if self._way_out or self._phrase_begun or self.pieces >= MAX_PIECES:
            await self._pass(event)
        else:
            self.pieces += 1
            self._hold(event)

    async def emit(self, event: Sounding) -> None:
        """Hold the voice's first events, or send them once the output is released. Waits while enough is held."""
        if self._way_out or self.sound_s:
            await self._pass(event)
            return
        self._phrase_begun = self._phrase_begun or isinstance(event, TtsStart)
        if isinstance(event, TtsAudio):
            self.sound_s = event.sound.size / event.sample_rate
        self._hold(event)

    def finish_phrase(self, turn: int) -> None:
        """All sound of the turn's newest phrase has been sent."""
        if self._way_out and self._opened.is_set():
            self._way_out[1].finish_phrase(turn)
        else:
            self._events.append(_PhraseFinished(turn))

    async def release(self, emit: Emit, playout: Playout, timings: Timings, clock: Clock) -> None:
        """Send what is held, in order, and let through what comes. `timings` get the time of the first sound."""
        self._way_out = emit, playout
        while self._events:
            event = self._events.pop(0)
            await self._send(event)
            if isinstance(event, TtsAudio):
                timings.first_audio = timings.last_audio = clock()
        self._opened.set()

    def _hold(self, event: ServerEvent) -> None:
        self._events.append(event)
        self._while_held()

    async def _pass(self, event: ServerEvent) -> None:
        if not self._way_out:
            self._while_held()
        await self._opened.wait()
        await self._send(event)

    async def _send(self, event: ServerEvent | _PhraseFinished) -> None:
        if self._way_out is None:
            raise RuntimeError("a held output sends nothing before it is released")
        emit, playout = self._way_out
        if isinstance(event, _PhraseFinished):
            playout.finish_phrase(event.turn)
        elif isinstance(event, Sounding):
            await playout.emit(event)
        else:
            await emit(event)
