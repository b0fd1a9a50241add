"""Written numbers in English words, for replies in that language: one function for each kind of written_numbers.py.

Years are read in pairs (nineteen ninety-nine, twenty twenty-four) as English does; thousands and hundreds have no `and`
but before the tens, which is the British and Zimbabwean way.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from inzwa.shona.numbers.units_and_currencies import Quantity, currencies, quantity, units
from inzwa.shona.numbers.written_numbers import (
    ENGLISH_MONTHS,
    MONTHS,
    WrittenNumber,
    full_year,
    is_year,
    phone_groups,
)

_SMALL: Final = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
    + "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_SCALES: Final = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_ORDINALS: Final = MappingProxyType(
    {
        "one": "first",
        "two": "second",
        "three": "third",
        "five": "fifth",
        "eight": "eighth",
        "nine": "ninth",
        "twelve": "twelfth",
    }
)
_HALVES: Final = MappingProxyType({"a": "ay em", "p": "pee em", "h": "hours"})
_YEAR_WORDS: Final = frozenset(("in", "since", "year", "of", "by", "from", "until", "to")) | MONTHS


def verbalise(number: WrittenNumber) -> str:
    """The words for a number. English has no concords: what looks like one is left as it is."""
    words = _BY_KIND[number.kind](number)
    words = f"minus {words}" if number.is_negative and words != _SMALL[0] else words
    return f"{number.concord} {words}" if number.concord else words


@lru_cache(maxsize=4096)
def cardinal(number: int) -> str:
    """A number from 0 up, below a thousand trillions."""
    for size, name in _SCALES:
        if number >= size:
            rest = number % size
            joint = " and " if 0 < rest < 100 else " "
            return f"{cardinal(number // size)} {name}" + (f"{joint}{cardinal(rest)}" if rest else "")
    if number >= 100:
        return f"{_SMALL[number // 100]} hundred" + (f" and {cardinal(number % 100)}" if number % 100 else "")
    if number < 20:
        return _SMALL[number]
    return _TENS[number // 10 - 2] + (f"-{_SMALL[number % 10]}" if number % 10 else "")


def ordinal(number: int) -> str:
    """First, twenty-second, hundredth."""
    words = cardinal(number)
    at = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[at:]
    return words[:at] + (_ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"))


def _year(number: int) -> str:
    """A year in pairs of digits, but for the first of a century and of a thousand years."""
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010 or number % 1000 == 0:
        return cardinal(number)
    return f"{cardinal(century)} " + ("hundred" if not rest else f"oh {_SMALL[rest]}" if rest < 10 else cardinal(rest))


def _digits(written: str) -> str:
    return " ".join(_SMALL[int(digit)] for digit in written if digit.isdigit())


def _quantity(amount: Quantity) -> str:
    if amount.is_code():
        return ", ".join(map(_digits, re.findall(".{1,4}", amount.whole)))
    if (integer := amount.integer()) is not None and not amount.fraction:
        return cardinal(integer)
    scale = next((name for size, name in _SCALES if size == amount.scale), "")
    return f"{cardinal(int(amount.whole))} point {_digits(amount.fraction)} {scale}".rstrip()


def _number(number: WrittenNumber) -> str:
    written = number["number"]
    if is_year(written) and number.word_before.lower() in _YEAR_WORDS:
        return _year(int(written))
    return _quantity(number.amount())


def _date(number: WrittenNumber) -> str:
    return _day(number["day"], number["name"], number["year"])


def _numbered_date(number: WrittenNumber) -> str:
    return _day(number["day"], ENGLISH_MONTHS[int(number["month"]) - 1], full_year(number["year"]))


def _day(day: str, month: str, year: str) -> str:
    words = f"{ordinal(int(day))} {month}"
    return f"{words} {_year(int(year))}" if year else words


def _month_and_day(number: WrittenNumber) -> str:
    """December 31, 2024."""
    year = number["year"]
    return f"{number['name']} {ordinal(int(number['day']))}" + (f", {_year(int(year))}" if year else "")


def _phone(number: WrittenNumber) -> str:
    return ("plus " if "+" in number.text else "") + ", ".join(map(_digits, phone_groups(number.text)))


def _time(number: WrittenNumber) -> str:
    minute, half = number["minute"], number["half"]
    words = cardinal(int(number["hour"]))
    if minute and int(minute):
        words += f" oh {_SMALL[int(minute)]}" if minute[0] == "0" else f" {cardinal(int(minute))}"
    elif not half:
        words += " o'clock"
    return f"{words} {_HALVES[half[0]]}" if half else words


def _money(number: WrittenNumber) -> str:
    amount, (one, many, cent, cents) = number.amount(), currencies()[number["sign"]].english
    if len(amount.fraction) != 2 or amount.scale > 1:
        return f"{_quantity(amount)} {one if amount.integer() == 1 else many}"
    whole, part = int(amount.whole), int(amount.fraction)
    words = [f"{cardinal(whole)} {one if whole == 1 else many}"] if whole or not part else []
    words += [f"{cardinal(part)} {cent if part == 1 else cents}"] if part else []
    return " and ".join(words)


def _unit(number: WrittenNumber) -> str:
    amount, (one, many) = number.amount(), units()[number["sign"]].english
    return f"{_quantity(amount)} {one if amount.integer() == 1 else many}"


def _percent(number: WrittenNumber) -> str:
    words = _quantity(quantity(number["number"]))
    return f"{words} to {_quantity(quantity(number['end']))} percent" if number["end"] else f"{words} percent"


def _fraction(number: WrittenNumber) -> str:
    part = _part(int(number["over"]), int(number["under"]))
    return f"{cardinal(int(number['whole']))} and {part.replace('one', 'a', 1)}" if number["whole"] else part


def _part(over: int, under: int) -> str:
    if under in (2, 4):
        part = {2: "half", 4: "quarter"}[under]
        return f"{cardinal(over)} {part if over == 1 else part + 's'}".replace("halfs", "halves")
    return f"{cardinal(over)} over {cardinal(under)}"


def _range(number: WrittenNumber) -> str:
    words = f"{_end(number['start'])} to {_end(number['end'])}"
    return f"{words} {units()[number['unit']].english[1]}" if number["unit"] else words


def _end(written: str) -> str:
    return _year(int(written)) if is_year(written) else _quantity(quantity(written))


def _version(number: WrittenNumber) -> str:
    return " point ".join(cardinal(int(part)) for part in number.text.split("."))


def _list(number: WrittenNumber) -> str:
    return ", ".join(cardinal(int(part)) for part in number.text.split(","))


def _nth(number: WrittenNumber) -> str:
    return ordinal(int(number["number"]))


def _ordinal(number: WrittenNumber) -> str:
    return f"{number['of']} {_nth(number)}"


def _decade(number: WrittenNumber) -> str:
    words = _year(int(number["year"]))
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


_BY_KIND: Final[MappingProxyType[str, Callable[[WrittenNumber], str]]] = MappingProxyType(
    {
        "number": _number,
        "date": _date,
        "dated": _month_and_day,
        **dict.fromkeys(("iso", "slashed"), _numbered_date),
        "phone": _phone,
        **dict.fromkeys(("time", "hour", "military"), _time),
        **dict.fromkeys(("money", "paid"), _money),
        "unit": _unit,
        "percent": _percent,
        "fraction": _fraction,
        "range": _range,
        "version": _version,
        "list": _list,
        "nth": _nth,
        "ordinal": _ordinal,
        "decade": _decade,
    }
)
