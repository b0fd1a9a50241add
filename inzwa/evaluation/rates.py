"""Error rates over many utterances, and how sure they are. Pure; the same seed gives the same interval.

A rate is the sum of all edits over the sum of all lengths, so that long utterances weigh more; the interval comes from
drawing the utterances again with replacement (Efron's bootstrap), since the errors inside one utterance go together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inzwa.evaluation.comparison import compared_words
from inzwa.evaluation.distance import edit_distance, undivided_distance

DRAWS: Final = 1_000
PERCENT: Final = 95.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What one utterance adds to the sums."""

    words: int
    """Said."""
    word_edits: int
    undivided_edits: int
    """Edits of words where the same letters may be divided otherwise."""
    letters: int
    """Said, the spaces between words among them."""
    letter_edits: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Edits a unit said, with the interval that holds the true rate in PERCENT of such samples."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def count(said: str, heard: str, *, fold: bool = False) -> Counts:
    """The edits from one text to the other, both made plain first."""
    these, those = compared_words(said, fold=fold), compared_words(heard, fold=fold)
    text, other = " ".join(these), " ".join(those)
    return Counts(
        words=len(these),
        word_edits=edit_distance(these, those),
        undivided_edits=undivided_distance(these, those),
        letters=len(text),
        letter_edits=edit_distance(text, other),
    )


def rate(edits: Sequence[int], lengths: Sequence[int], *, seed: int = 1) -> Rate:
    """Both of shape (utterances,). A sample without a single unit counts as one unit, so no rate is infinite."""
    value = _divided(sum(edits), sum(lengths))
    if len(edits) < 2:
        return Rate(value, value, value)
    drawn = _drawn(np.asarray(edits), np.asarray(lengths), np.random.default_rng(seed))
    low, high = np.percentile(drawn, [50 - PERCENT / 2, 50 + PERCENT / 2])
    return Rate(value, min(value, float(low)), max(value, float(high)))


def _drawn(edits: np.ndarray, lengths: np.ndarray, chance: np.random.Generator) -> list[float]:
    """The rate of each of DRAWS samples, as large as this one."""
    rates = []
    for _ in range(DRAWS):
        picked = chance.integers(edits.size, size=edits.size)
        rates.append(_divided(int(edits[picked].sum()), int(lengths[picked].sum())))
    return rates


def _divided(edits: int, length: int) -> float:
    return edits / max(1, length)
