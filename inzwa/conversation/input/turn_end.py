"""How much of the usual silence must pass before a pause ends the turn, from what is known of it.

While the words are not known, only the length of what was said counts. Once they are, a scorecard of words and prosody
does. Its weights were fitted by regression on one half of the scripted turns of benchmarks/silence.py, then scaled to
the least wait that cuts in no more often than before: synthetic speech, which no native speaker has reviewed.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from inzwa.conversation.input.prosody import Prosody
from inzwa.shona.dialogue.completeness import UNFINISHED

QUICKEST: Final = 0.55
"""The least share: 385 of 700 ms. With less, fast drafts cut in more often than before."""
SLOWEST: Final = 1.6
"""The largest, after words that cannot be the last: 1120 of 700 ms. After others it is the whole silence."""

LEAST_BY_LENGTH: Final = 0.643
"""The least share while the words are not known: 450 of 700 ms."""
SHORT_MS: Final = 1_500
LONG_MS: Final = 5_000
"""Between these lengths of speech the share falls to that: after a long utterance a pause is more likely its end."""

BASE: Final = 1.27
"""The share where all that is known is that there are words."""
WORDS: Final = 0.28
FALL: Final = 0.15
FADE: Final = 0.09
LENGTH: Final = 1.09
"""What is taken off it for a logit of completeness, a semitone, a decibel, an e-fold of speech."""

_SURE: Final = 0.01
"""Completeness is taken for no surer than this, from either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCues:
    """What is known in a pause."""

    spoken_ms: int
    """Speech since the utterance began."""
    completeness: float | None = None
    """Of the words, 0..1; None while they are not transcribed up to the pause."""
    prosody: Prosody = field(default_factory=Prosody)
    """Of the speech before it; zeros where that is not known."""


def hangover_share(cues: PauseCues) -> float:
    """The share of the usual silence after which the turn has ended."""
    if cues.completeness is None:
        long = min(1.0, max(0.0, (cues.spoken_ms - SHORT_MS) / (LONG_MS - SHORT_MS)))
        return 1 - long * (1 - LEAST_BY_LENGTH)
    most = SLOWEST if cues.completeness < UNFINISHED else 1.0
    return min(most, max(QUICKEST, BASE - end_points(cues.completeness, cues.prosody, cues.spoken_ms)))


def end_points(completeness: float, prosody: Prosody, spoken_ms: int) -> float:
    """How much speaks for an end, in shares of the usual silence."""
    known = min(1 - _SURE, max(_SURE, completeness))
    words = WORDS * math.log(known / (1 - known))
    return words + FALL * prosody.fall + FADE * prosody.fade + LENGTH * math.log(spoken_ms / 2_000 + 0.1)
