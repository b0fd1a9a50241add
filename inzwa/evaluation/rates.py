"""Error rates over many utterances, with confidence intervals; the same seed gives the same interval.

A rate is the sum of all edits over the sum of all lengths, so that long utterances weigh more; the interval comes from
drawing the utterances again with replacement (Efron's bootstrap), since the errors inside one utterance go together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from inzwa.evaluation.comparison import compared_words
from inzwa.evaluation.distance import undivided_distance

DRAWS: Final = 1_000
PERCENT: Final = 95.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What one utterance adds to the sums."""

    words: int
    """Of the reference."""
    word_edits: int
    undivided_edits: int
    """Edits of words where the same letters may be divided otherwise."""
    letters: int
    """Of the reference, the spaces between words among them."""
    letter_edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRow:
    """One utterance in a journal: what a recogniser made of it, and its Counts."""

    name: str
    said: str
    """The reference."""
    heard: str
    """The hypothesis."""
    words: int
    word_edits: int
    undivided_edits: int
    letters: int
    letter_edits: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Edits for each unit of the references, with the interval that holds the true rate in PERCENT of such samples."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def count(reference: str, hypothesis: str, *, fold: bool = False) -> Counts:
    """The edits from one text to the other, both normalised first."""
    these, those = compared_words(reference, fold=fold), compared_words(hypothesis, fold=fold)
    text, other = " ".join(these), " ".join(those)
    return Counts(
        words=len(these),
        word_edits=Levenshtein.distance(these, those),
        undivided_edits=undivided_distance(these, those),
        letters=len(text),
        letter_edits=Levenshtein.distance(text, other),
    )


def rate(edits: Sequence[int], lengths: Sequence[int], *, seed: int = 1) -> Rate:
    """Both of shape (utterances,). A sample without a single unit counts as one unit, so no rate is infinite."""
    value = _quotient(sum(edits), sum(lengths))
    if len(edits) < 2:
        return Rate(value, value, value)
    drawn = _drawn(np.asarray(edits), np.asarray(lengths), np.random.default_rng(seed))
    low, high = np.percentile(drawn, [50 - PERCENT / 2, 50 + PERCENT / 2])
    return Rate(value, min(value, float(low)), max(value, float(high)))


def _drawn(edits: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], generator: np.random.Generator) -> list[float]:
    """The rate of each of DRAWS samples, as large as this one."""
    rates = []
    for _ in range(DRAWS):
        picked = generator.integers(edits.size, size=edits.size)
        rates.append(_quotient(int(edits[picked].sum()), int(lengths[picked].sum())))
    return rates


def _quotient(edits: int, length: int) -> float:
    return edits / max(1, length)
