"""Two trees measured in turns: what is kept of each round, and the rows of the table that come of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from benchmarks.rig.figures import table

Values = Mapping[str, Sequence[float | None]]
"""What one tree gave in one round, by the row's key; null for what never came."""

BASE: Final = "base"
OURS: Final = "ours"

Pair = Mapping[str, Values]
"""One round of one section: BASE and OURS to their values."""

Statistic = Literal["P50", "P95", "sum"]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    title: str
    key: str
    statistic: Statistic
    aim: str = ""
    """What this tree is to reach, for people: the ratio where it ends in x, else the figure."""


def combined(values: Sequence[float | None], statistic: Statistic) -> float | None:
    """The statistic of those that are not null, interpolated between neighbours; null where there are none."""
    there = [value for value in values if value is not None]
    if not there:
        return None
    if statistic == "sum":
        return float(sum(there))
    return float(np.percentile(there, int(statistic[1:])))


def of_all(rounds: Sequence[Pair], who: str, row: Row) -> float | None:
    """One tree's figure over the values of all rounds."""
    return combined([value for pair in rounds for value in pair[who].get(row.key, ())], row.statistic)


def ratio(base: float | None, ours: float | None) -> float | None:
    """This tree's figure over the base's; null where either is missing or the base's is 0."""
    return None if not base or ours is None else ours / base


def round_ratios(rounds: Sequence[Pair], row: Row) -> list[float]:
    """The ratio of each round that has both."""
    found = (ratio(of_all([pair], BASE, row), of_all([pair], OURS, row)) for pair in rounds)
    return [value for value in found if value is not None]


def figures(rounds: Sequence[Pair], rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Each row that any round has values for, as it is written."""
    for row in rows:
        base, ours = of_all(rounds, BASE, row), of_all(rounds, OURS, row)
        if base is not None or ours is not None:
            yield {
                "what": row.title,
                "statistic": row.statistic,
                "base": base,
                "ours": ours,
                "ratio": ratio(base, ours),
                "round_ratios": round_ratios(rounds, row),
                "counts": [sum(len(pair[who].get(row.key, ())) for pair in rounds) for who in (BASE, OURS)],
                "aim": row.aim,
            }


def comparison_table(found: Sequence[Mapping[str, Any]], base: str) -> str:
    """For people: three significant digits, and the least and greatest ratio of a round."""
    titles = ["", f"base {base}", "this tree", "ratio", "of a round", "values", "aim"]
    return table(titles, [_cells(line) for line in found])


def _cells(line: Mapping[str, Any]) -> list[str]:
    ratios, counts = line["round_ratios"], line["counts"]
    between = f"{min(ratios):.2f}-{max(ratios):.2f}" if len(ratios) > 1 else "-"
    title = line["what"] if line["statistic"] == "sum" else f"{line['what']}, {line['statistic']}"
    counted = str(counts[0]) if counts[0] == counts[1] else f"{counts[0]}, {counts[1]}"
    shown_ratio = "-" if line["ratio"] is None else f"{line['ratio']:.2f}"
    return [title, short(line["base"]), short(line["ours"]), shown_ratio, between, counted, line["aim"]]


def short(value: float | None) -> str:
    """Three significant digits, whole numbers from 100 on."""
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
