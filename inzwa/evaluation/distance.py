"""Alignment of a reference with a hypothesis, and a distance of words that ignores where words are divided.

Levenshtein's edits: a unit inserted, deleted or substituted counts one.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import zip_longest
from typing import TypeVar

from rapidfuzz.distance import Levenshtein

Unit = TypeVar("Unit", bound=Hashable)


def alignment(reference: Sequence[Unit], hypothesis: Sequence[Unit]) -> list[tuple[Unit | None, Unit | None]]:
    """One alignment with the fewest edits, in order: a unit of each, None for one that was inserted or deleted."""
    pairs: list[tuple[Unit | None, Unit | None]] = []
    for edit in Levenshtein.opcodes(reference, hypothesis):
        pairs += zip_longest(
            reference[edit.src_start : edit.src_end], hypothesis[edit.dest_start : edit.dest_end], fillvalue=None
        )
    return pairs


def undivided_distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """The fewest edits of words where it costs nothing to divide the same letters otherwise.

    "pamwe chete" against "pamwechete" is no edit; it never counts more than Levenshtein's distance.
    """
    fewest = [[len(reference) + len(hypothesis)] * (len(hypothesis) + 1) for _ in range(len(reference) + 1)]
    fewest[0][0] = 0
    for row in range(len(reference) + 1):
        for column in range(len(hypothesis) + 1):
            for down, across, cost in _steps(reference, hypothesis, row, column):
                to = fewest[row + down]
                to[column + across] = min(to[column + across], fewest[row][column] + cost)
    return fewest[-1][-1]


def _steps(
    reference: Sequence[str], hypothesis: Sequence[str], row: int, column: int
) -> Iterator[tuple[int, int, int]]:
    """From here: words of the reference consumed, words of the hypothesis consumed, and the edits that it costs."""
    left, right = row < len(reference), column < len(hypothesis)
    if left:
        yield 1, 0, 1
    if right:
        yield 0, 1, 1
    if left and right:
        yield 1, 1, 1
        if same := _same_letters(reference, hypothesis, row, column):
            yield *same, 0


def _same_letters(reference: Sequence[str], hypothesis: Sequence[str], row: int, column: int) -> tuple[int, int] | None:
    """The fewest words from here on that spell the same on both sides, however they are divided."""
    one, other = reference[row], hypothesis[column]
    down, across = row + 1, column + 1
    while one != other:
        if len(one) < len(other) and other.startswith(one) and down < len(reference):
            one, down = one + reference[down], down + 1
        elif len(other) < len(one) and one.startswith(other) and across < len(hypothesis):
            other, across = other + hypothesis[across], across + 1
        else:
            return None
    return down - row, across - column
