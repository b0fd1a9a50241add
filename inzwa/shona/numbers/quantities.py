"""Amounts as they are written, and what they may be measured in: units and currencies. Pure; reads nothing aloud."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from inzwa.shona.numbers.cardinals import MOST


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its figures without what groups them."""

    whole: str
    fraction: str = ""
    """What stands behind the point."""
    scale: int = 1
    """1,000,000 where the word million follows."""

    def exact(self) -> int | None:
        """The whole number that it is, or None where it has a fraction or is too long to have a name."""
        if len(self.whole) > _LONGEST or len(self.fraction) > _LONGEST:
            return None
        number, rest = divmod(int(self.whole + self.fraction) * self.scale, 10 ** len(self.fraction))
        return None if rest or number > MOST else number

    def listed(self) -> bool:
        """Whether it is a code rather than an amount: 007, or longer than any number that has a name."""
        return len(self.whole) > _LONGEST or (len(self.whole) > 1 and self.whole[0] == "0" and not self.fraction)


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit or a currency in both languages."""

    noun_class: int
    one: str
    many: str
    tail: str
    """What it belongs to or what follows the number: kuAmerica; may be empty."""
    parts: tuple[str, ...]
    """One hundredth, hundredths; empty for a unit."""
    english: tuple[str, ...]
    """One, many; for a currency one hundredth and hundredths too."""


_LONGEST: Final = 15
"""Figures of the largest number that has a name."""

SCALE_WORDS: Final = MappingProxyType(
    {
        **dict.fromkeys(("million", "miriyoni", "mamiriyoni", "mln", "m"), 10**6),
        **dict.fromkeys(("billion", "bhiriyoni", "mabhiriyoni", "bn", "b"), 10**9),
        **dict.fromkeys(("trillion", "tiriyoni", "matiriyoni"), 10**12),
    }
)


def rows(name: str) -> list[list[str]]:
    """A table of this folder: a row a line, its fields apart by tabs, - for an empty one."""
    text = files("inzwa.shona").joinpath("data", name).read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return [["" if field == "-" else field for field in line] for line in lines]


@cache
def currencies() -> dict[str, Measure]:
    """Sign to currency."""
    return {
        sign: Measure(int(noun_class), one, many, tail, (cent, cents), tuple(english))
        for signs, noun_class, one, many, tail, cent, cents, *english in rows("currencies.tsv")
        for sign in signs.split()
    }


@cache
def units() -> dict[str, Measure]:
    """Sign to unit of measure."""
    return {
        sign: Measure(6, one, many, tail, (), tuple(english))
        for signs, one, many, tail, *english in rows("units.tsv")
        for sign in signs.split()
    }


def quantity(written: str, scale: str | None = None) -> Quantity:
    """The number that these figures spell, `scale` being the word behind them."""
    size = SCALE_WORDS.get(scale.lower(), 1) if scale else 1
    head, mark, tail = _split(written)
    whole = "".join(figure for figure in head if figure.isdigit())
    return Quantity(whole, tail if mark else "", size)


_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\ ?\d{3})++|\d{1,3}(?:\ \d{3})++|\d{1,3}(?:\.\d{3}){2,}+")


def _split(written: str) -> tuple[str, str, str]:
    """What stands before the point, the point, what stands behind it."""
    grouped = _THOUSANDS.match(written)
    at = grouped.end() if grouped else len(written) - len(written.lstrip("0123456789"))
    return written[:at], written[at : at + 1], written[at + 1 :].strip()
