"""Krippendorff's alpha: how far raters agree beyond chance. 1 is full agreement, 0 is that of chance."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, Literal

import krippendorff
import numpy as np

from inzwa.feedback.report.statistics import PERCENTILES, SEED, Estimate

Level = Literal["nominal", "ordinal"]

LEAST_ITEMS: Final = 10
"""Items with two answers or more, below which no figure is made."""
DRAWS: Final = 400


def alpha(
    answers: Iterable[tuple[Hashable, str, Hashable]],
    domain: Sequence[Hashable],
    level: Level,
    *,
    least: int = LEAST_ITEMS,
    seed: int = SEED,
) -> Estimate:
    """Alpha over (item, rater, value); `domain` is every possible value, in order where `level` is ordinal.

    The interval draws items with replacement. No figure for fewer than `least` items that two have answered, nor where
    all answers are the same: agreement beyond chance cannot be told there.
    """
    places = {value: column for column, value in enumerate(domain)}
    rows: dict[Hashable, list[int]] = {}
    raters: dict[Hashable, set[str]] = {}
    for item, rater, value in answers:
        rows.setdefault(item, [0] * len(domain))[places[value]] += 1
        raters.setdefault(item, set()).add(rater)
    kept = [item for item, row in rows.items() if sum(row) > 1]
    people = len(set().union(*(raters[item] for item in kept)))
    counts = np.array([rows[item] for item in kept], dtype=np.int64).reshape(len(kept), len(domain))
    total = int(counts.sum())
    value = _alpha(counts, level) if len(kept) >= least else None
    if value is None:
        return Estimate(total, people)
    generator = np.random.default_rng(seed)
    samples = (counts[generator.integers(len(kept), size=len(kept))] for _ in range(DRAWS))
    drawn = [found for sample in samples if (found := _alpha(sample, level)) is not None]
    low, high = np.percentile(drawn or [value], PERCENTILES)
    return Estimate(total, people, value, min(value, float(low)), max(value, float(high)))


def _alpha(counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]], level: Level) -> float | None:
    """Of counts of shape (items, values); None where fewer than two values occur."""
    if np.count_nonzero(counts.sum(axis=0)) < 2:
        return None
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement=level))
