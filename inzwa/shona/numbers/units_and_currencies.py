"""Amounts as they are written, and what they may be measured in: units and currencies."""

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from inzwa.shona.data import rows
from inzwa.shona.numbers.cardinals import MOST


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its digits, without the marks that group them."""

    whole: str
    fraction: str = ""
    """Digits after the point."""
    scale: int = 1
    """1,000,000 where the word million follows."""

    def integer(self) -> int | None:
        """Its value; None where that is no whole number, or one too large to have a name."""
        if len(self.whole) > _LONGEST or len(self.fraction) > _LONGEST:
            return None
        number, rest = divmod(int(self.whole + self.fraction) * self.scale, 10 ** len(self.fraction))
        return None if rest or number > MOST else number

    def is_code(self) -> bool:
        """Whether it is read digit by digit: 007, or longer than any number that has a name."""
        return len(self.whole) > _LONGEST or (len(self.whole) > 1 and self.whole[0] == "0" and not self.fraction)


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit or a currency in both languages."""

    noun_class: int
    one: str
    many: str
    tail: str
    """What follows the number: kuAmerica, paawa; may be empty."""
    parts: tuple[str, ...]
    """One hundredth, hundredths; empty for a unit."""
    english: tuple[str, ...]
    """One, many; for a currency one hundredth and hundredths too."""


_LONGEST: Final = 15
"""Digits of the largest number that has a name."""

SCALE_WORDS: Final = MappingProxyType(
    {
        **dict.fromkeys(("million", "miriyoni", "mamiriyoni", "mln", "m"), 10**6),
        **dict.fromkeys(("billion", "bhiriyoni", "mabhiriyoni", "bn", "b"), 10**9),
        **dict.fromkeys(("trillion", "tiriyoni", "matiriyoni"), 10**12),
    }
)


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


def quantity(written: str, scale: str = "") -> Quantity:
    """The amount that is `written`, with the word (million) that follows it as `scale`."""
    size = SCALE_WORDS.get(scale.lower(), 1)
    head, mark, tail = _split(written)
    whole = "".join(digit for digit in head if digit.isdigit())
    return Quantity(whole, tail if mark else "", size)


_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\ ?\d{3})++|\d{1,3}(?:\ \d{3})++|\d{1,3}(?:\.\d{3}){2,}+")


def _split(written: str) -> tuple[str, str, str]:
    """What is before the point, the point, what is after it."""
    grouped = _THOUSANDS.match(written)
    at = grouped.end() if grouped else len(written) - len(written.lstrip("0123456789"))
    return written[:at], written[at : at + 1], written[at + 1 :].strip()
