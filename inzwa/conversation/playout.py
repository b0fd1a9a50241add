"""The reply's sound on its way out: let through, held back while an interruption is judged, let go on.

What is held is kept: the voice waits, the client pauses, and nobody has heard a word more meanwhile.
"""

from typing import Final

import anyio

from inzwa.conversation.pipeline import Clock, Emit, Turn
from inzwa.events import ServerEvent, TtsAudio, TtsEnd, TtsHold, TtsResume, TtsStart

PHRASES_ABOUT_NOW: Final = 3
"""The voice is ahead of what is heard by a phrase or two."""


class PlayoutGate:
    """One conversation's, with at most one turn's sound on it."""

    def __init__(self, clock: Clock, emit: Emit) -> None:
        self._clock, self._emit = clock, emit
        self._turn: Turn | None = None
        self._whole = False
        self._open = anyio.Event()
        self._open.set()

    def begin(self, turn: Turn) -> None:
        """The sound to come is this turn's."""
        self.end()
        self._turn, self._whole = turn, False

    def end(self) -> None:
        """No sound of the turn is wanted any more."""
        self._turn = None
        self._open.set()

    @property
    def playing(self) -> bool:
        """Whether sound is coming out by our reckoning, or would be if it were not held."""
        return self._turn is not None and self._turn.playback.playing(self._clock())

    @property
    def sounding_ms(self) -> int | None:
        """For how long the turn has been coming out, a voice that is late counted; None before and after."""
        if self._turn is None or not self._turn.playback.begun or (self._whole and not self.playing):
            return None
        return round((self._clock() - self._turn.playback.start_s) * 1000)

    @property
    def saying(self) -> str:
        """What is being said about now: the newest phrases."""
        return " ".join(self._turn.said[-PHRASES_ABOUT_NOW:]) if self._turn else ""

    @property
    def held(self) -> int:
        """The turn whose sound is held back; 0 when none is."""
        return 0 if self._open.is_set() or self._turn is None else self._turn.number

    async def emit(self, event: ServerEvent) -> None:
        """Words go out at once, sound when nothing holds it back."""
        if isinstance(event, TtsStart | TtsAudio | TtsEnd):
            await self._open.wait()
        await self._emit(event)
        self._whole = self._whole or isinstance(event, TtsEnd)

    async def finish(self) -> None:
        """Wait until nothing is held: a turn does not end in the middle of a doubt."""
        await self._open.wait()

    async def hold(self) -> None:
        """Stop the sound for now: this may be an interruption."""
        if self._turn is None or self.held:
            return
        self._open = anyio.Event()
        self._turn.playback.hold(self._clock())
        await self._emit(TtsHold(self._turn.number))

    async def resume(self) -> None:
        """It was none: go on."""
        number = self.held
        if not number or self._turn is None:
            return
        self._turn.playback.resume(self._clock())
        self._open.set()
        await self._emit(TtsResume(number))
