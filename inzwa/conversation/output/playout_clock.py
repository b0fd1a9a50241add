"""What the user has heard of a reply by now, estimated from what was sent and when.

The client plays what arrives without gaps, so a phrase starts when it arrives or when the one before it ends. Network
and jitter buffer add a little, so the estimate is a few words too many at the most, never a phrase.
"""

from dataclasses import dataclass
from typing import Final

SECONDS_A_CHARACTER: Final = 0.07
"""Estimate of a phrase's length while it is still synthesised: joe-medium needs 0.06 to 0.10 for a character."""


@dataclass(slots=True)
class _Phrase:
    text: str
    start_s: float = 0.0
    seconds: float = 0.0
    """Sound sent so far."""
    whole: bool = False

    def share(self, now_s: float) -> float:
        """How much of it has been played by `now_s`, 0 to 1."""
        played = min(now_s - self.start_s, self.seconds)
        length = self.seconds if self.whole else max(self.seconds, len(self.text) * SECONDS_A_CHARACTER)
        return max(0.0, played / length) if length else 0.0


class PlayoutClock:
    """The sound of one reply as a client plays it."""

    def __init__(self) -> None:
        self._phrases: list[_Phrase] = []
        self._end_s = 0.0
        self._held_s: float | None = None

    @property
    def phrases(self) -> list[str]:
        """The text of every phrase begun, in order."""
        return [phrase.text for phrase in self._phrases]

    @property
    def begun(self) -> bool:
        """Whether any sound has been sent."""
        return self._end_s > 0

    @property
    def start_s(self) -> float:
        """When the first sound began to be played, on the caller's clock; 0 before."""
        return self._phrases[0].start_s if self._phrases else 0.0

    @property
    def end_s(self) -> float:
        """When the sound sent so far will have been played, on the caller's clock."""
        return self._end_s

    def begin(self, text: str) -> None:
        """A phrase is about to be sent."""
        self._phrases.append(_Phrase(text))

    def sent(self, seconds: float, now_s: float) -> None:
        """Sound of the phrase begun last has been sent: `seconds` of it, at `now_s`."""
        phrase = self._phrases[-1]
        if phrase.seconds == 0:
            phrase.start_s = max(now_s, self._end_s)
        phrase.seconds += seconds
        self._end_s = max(now_s, self._end_s) + seconds

    def finish(self) -> None:
        """All sound of the phrase begun last has been sent."""
        self._phrases[-1].whole = True

    def hold(self, now_s: float) -> None:
        """The client stops playing and keeps the rest."""
        if self._held_s is None:
            self._held_s = now_s

    def resume(self, now_s: float) -> None:
        """The client plays on: what had not been played comes later by the time of the hold."""
        if self._held_s is None:
            return
        later_s, held_s, self._held_s = now_s - self._held_s, self._held_s, None
        for phrase in self._phrases:
            if phrase.start_s + phrase.seconds > held_s:
                phrase.start_s += later_s
        if self._end_s > held_s:
            self._end_s += later_s

    def playing(self, now_s: float) -> bool:
        """Whether there is sound that has not been played."""
        return self._played_until(now_s) < self._end_s

    def heard(self, now_s: float) -> str:
        """The words played by `now_s`, the current phrase cut at a word."""
        until_s = self._played_until(now_s)
        return " ".join(filter(None, (self._part(phrase, until_s) for phrase in self._phrases)))

    def _played_until(self, now_s: float) -> float:
        return now_s if self._held_s is None else self._held_s

    @staticmethod
    def _part(phrase: _Phrase, now_s: float) -> str:
        words = phrase.text.split()
        return " ".join(words[: round(phrase.share(now_s) * len(words))])
