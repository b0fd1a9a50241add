"""Distances between what was said and what was heard, in edits. Pure; knows neither words nor letters.

Levenshtein's edits: a unit put in, left out or replaced counts one.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

Unit = TypeVar("Unit", bound=Hashable)

Pair = tuple[Unit | None, Unit | None]
"""A unit that was said and the one heard in its place; None for none."""


def edit_distance(said: Sequence[Hashable], heard: Sequence[Hashable]) -> int:
    """The fewest edits from one to the other.

    A column of the table is one integer, a bit a unit (Myers, J. ACM 46, 1999, as Hyyrö wrote it in 2003), so a
    thousand letters against a thousand take a millisecond.
    """
    if not said:
        return len(heard)
    places: dict[Hashable, int] = {}
    for at, unit in enumerate(said):
        places[unit] = places.get(unit, 0) | 1 << at
    whole, last = (1 << len(said)) - 1, 1 << (len(said) - 1)
    more, less, distance = whole, 0, len(said)
    for unit in heard:
        equal = places.get(unit, 0)
        diagonal = (((equal & more) + more) ^ more) | equal | less
        grown, shrunk = less | (whole & ~(diagonal | more)), more & diagonal
        distance += bool(grown & last) - bool(shrunk & last)
        grown, shrunk = grown << 1 | 1, shrunk << 1
        more, less = whole & (shrunk | ~(diagonal | grown)), whole & grown & diagonal
    return distance


def alignment(said: Sequence[Unit], heard: Sequence[Unit]) -> list[Pair]:
    """One way of going from one to the other in the fewest edits, in order: equal pairs, and pairs that are not."""
    table = _table(said, heard)
    pairs: list[Pair] = []
    row, column = len(said), len(heard)
    while row or column:
        here = table[row][column]
        if row and column and here == table[row - 1][column - 1] + (said[row - 1] != heard[column - 1]):
            row, column = row - 1, column - 1
            pairs.append((said[row], heard[column]))
        elif row and here == table[row - 1][column] + 1:
            row -= 1
            pairs.append((said[row], None))
        else:
            column -= 1
            pairs.append((None, heard[column]))
    return pairs[::-1]


def undivided_distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest edits of words where it costs nothing to divide the same letters otherwise.

    "pamwe chete" against "pamwechete" is no edit; it never counts more than `edit_distance`.
    """
    fewest = [[len(said) + len(heard)] * (len(heard) + 1) for _ in range(len(said) + 1)]
    fewest[0][0] = 0
    for row in range(len(said) + 1):
        for column in range(len(heard) + 1):
            for down, across, cost in _steps(said, heard, row, column):
                to = fewest[row + down]
                to[column + across] = min(to[column + across], fewest[row][column] + cost)
    return fewest[-1][-1]


def _steps(said: Sequence[str], heard: Sequence[str], row: int, column: int) -> Iterator[tuple[int, int, int]]:
    """From here: words taken of what was said, of what was heard, and the edits that it costs."""
    inside, within = row < len(said), column < len(heard)
    if inside:
        yield 1, 0, 1
    if within:
        yield 0, 1, 1
    if inside and within:
        yield 1, 1, 1
        if same := _same_letters(said, heard, row, column):
            yield *same, 0


def _same_letters(said: Sequence[str], heard: Sequence[str], row: int, column: int) -> tuple[int, int] | None:
    """The fewest words from here on that spell the same on both sides, however they are divided."""
    one, other = said[row], heard[column]
    down, across = row + 1, column + 1
    while one != other:
        if len(one) < len(other) and other.startswith(one) and down < len(said):
            one, down = one + said[down], down + 1
        elif len(other) < len(one) and one.startswith(other) and across < len(heard):
            other, across = other + heard[across], across + 1
        else:
            return None
    return down - row, across - column


def _table(said: Sequence[Hashable], heard: Sequence[Hashable]) -> list[list[int]]:
    """Edits from the first `row` units to the first `column`."""
    table = [list(range(len(heard) + 1))]
    for number, unit in enumerate(said, 1):
        above, row = table[-1], [number]
        for at, other in enumerate(heard):
            row.append(min(above[at + 1] + 1, row[at] + 1, above[at] + (unit != other)))
        table.append(row)
    return table
