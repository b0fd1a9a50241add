"""What figures say in English, for replies in that language: one reading for each kind of figures.py. Pure.

Years are read in pairs (nineteen ninety-nine, twenty twenty-four) as English does; thousands and hundreds have no `and`
but before the tens, which is the British and Zimbabwean way.
"""

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from inzwa.shona.numbers.figures import ENGLISH_MONTHS, MONTHS, Context, Readings, full_year, is_year, phone_groups
from inzwa.shona.numbers.quantities import Measure, Quantity, currencies, quantity, units

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

_READINGS: Final = Readings()


def read_figure(found: re.Match[str], context: Context) -> str:
    """The words for a match of FIGURE. English has no concords: what looks like one is left as it is."""
    words = _READINGS.read(found, context)
    words = f"minus {words}" if found["minus"] and words != _SMALL[0] else words
    return f"{found['concord']} {words}" if found["concord"] else words


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


def year(number: int) -> str:
    """A year in pairs of figures, but for the first of a century and of a thousand years."""
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010 or number % 1000 == 0:
        return cardinal(number)
    return f"{cardinal(century)} " + ("hundred" if not rest else f"oh {_SMALL[rest]}" if rest < 10 else cardinal(rest))


def _figures(figures: str) -> str:
    return " ".join(_SMALL[int(figure)] for figure in figures if figure.isdigit())


def _quantity(number: Quantity) -> str:
    if number.listed():
        return ", ".join(map(_figures, re.findall(".{1,4}", number.whole)))
    if (exact := number.exact()) is not None and not number.fraction:
        return cardinal(exact)
    scale = next((name for size, name in _SCALES if size == number.scale), "")
    return f"{cardinal(int(number.whole))} point {_figures(number.fraction)} {scale}".rstrip()


def _amount(found: re.Match[str], kind: str) -> Quantity:
    return quantity(found[f"{kind}_number"], found[f"{kind}_scale"])


@_READINGS.of("number")
def _number(found: re.Match[str], context: Context) -> str:
    figures = found["number_number"]
    before = context.before[-1].lower() if context.before else ""
    if is_year(figures) and (before in ("in", "since", "year", "of", "by", "from", "until", "to") or before in MONTHS):
        return year(int(figures))
    return _quantity(_amount(found, "number"))


@_READINGS.of("date")
def _date(found: re.Match[str], _context: Context) -> str:
    return _day(found["date_day"], found["date_name"], found["date_year"])


@_READINGS.of("dated")
def _dated(found: re.Match[str], _context: Context) -> str:
    name, day, in_year = found["dated_name"], found["dated_day"], found["dated_year"]
    return f"{name} {ordinal(int(day))}" + (f", {year(int(in_year))}" if in_year else "")


@_READINGS.of("ordinal")
def _ordinal(found: re.Match[str], _context: Context) -> str:
    return f"{found['ordinal_of']} {ordinal(int(found['ordinal_number']))}"


@_READINGS.of("iso", "slashed")
def _numbered_date(found: re.Match[str], _context: Context) -> str:
    kind = found.lastgroup
    return _day(found[f"{kind}_day"], ENGLISH_MONTHS[int(found[f"{kind}_month"]) - 1], full_year(found[f"{kind}_year"]))


def _day(day: str, month: str, in_year: str | None) -> str:
    said = f"{ordinal(int(day))} {month}"
    return f"{said} {year(int(in_year))}" if in_year else said


@_READINGS.of("phone")
def _phone(found: re.Match[str], _context: Context) -> str:
    return ("plus " if "+" in found["phone"] else "") + ", ".join(map(_figures, phone_groups(found["phone"])))


def _clock(hour: str, minute: str | None, half: str | None) -> str:
    words = cardinal(int(hour))
    if minute and int(minute):
        words += f" oh {_SMALL[int(minute)]}" if minute[0] == "0" else f" {cardinal(int(minute))}"
    elif not half:
        words += " o'clock"
    return f"{words} {_HALVES[half[0]]}" if half else words


@_READINGS.of("time")
def _time(found: re.Match[str], _context: Context) -> str:
    return _clock(found["time_hour"], found["time_minute"], found["time_half"])


@_READINGS.of("hour", "military")
def _hour(found: re.Match[str], _context: Context) -> str:
    kind = found.lastgroup
    return _clock(found[f"{kind}_hour"], found[f"{kind}_minute"], found[f"{kind}_half"])


@_READINGS.of("money", "paid")
def _money(found: re.Match[str], _context: Context) -> str:
    kind = found.lastgroup
    amount, (one, many, cent, cents) = _amount(found, kind), currencies()[found[f"{kind}_sign"]].english
    if len(amount.fraction) != 2 or amount.scale > 1:
        return f"{_quantity(amount)} {one if amount.exact() == 1 else many}"
    whole, part = int(amount.whole), int(amount.fraction)
    said = [f"{cardinal(whole)} {one if whole == 1 else many}"] if whole or not part else []
    said += [f"{cardinal(part)} {cent if part == 1 else cents}"] if part else []
    return " and ".join(said)


@_READINGS.of("unit")
def _unit(found: re.Match[str], _context: Context) -> str:
    amount, measure = _amount(found, "unit"), units()[found["unit_sign"]]
    return f"{_quantity(amount)} {_name(amount, measure)}"


def _name(amount: Quantity, measure: Measure) -> str:
    return measure.english[0 if amount.exact() == 1 else 1]


@_READINGS.of("percent")
def _percent(found: re.Match[str], _context: Context) -> str:
    words = _quantity(quantity(found["percent_number"]))
    return (
        f"{words} to {_quantity(quantity(found['percent_end']))} percent"
        if found["percent_end"]
        else f"{words} percent"
    )


@_READINGS.of("fraction")
def _fraction(found: re.Match[str], _context: Context) -> str:
    over, under, whole = int(found["fraction_over"]), int(found["fraction_under"]), found["fraction_whole"]
    if whole:
        return f"{cardinal(int(whole))} and {_part(over, under).replace('one', 'a', 1)}"
    return _part(over, under)


def _part(over: int, under: int) -> str:
    if under in (2, 4):
        part = {2: "half", 4: "quarter"}[under]
        return f"{cardinal(over)} {part if over == 1 else part + 's'}".replace("halfs", "halves")
    return f"{cardinal(over)} over {cardinal(under)}"


@_READINGS.of("range")
def _range(found: re.Match[str], _context: Context) -> str:
    words = f"{_end(found['range_start'])} to {_end(found['range_end'])}"
    return f"{words} {units()[found['range_unit']].english[1]}" if found["range_unit"] else words


def _end(figures: str) -> str:
    return year(int(figures)) if is_year(figures) else _quantity(quantity(figures))


@_READINGS.of("version")
def _version(found: re.Match[str], _context: Context) -> str:
    return " point ".join(cardinal(int(part)) for part in found["version"].split("."))


@_READINGS.of("list")
def _list(found: re.Match[str], _context: Context) -> str:
    return ", ".join(cardinal(int(part)) for part in found["list"].split(","))


@_READINGS.of("nth")
def _nth(found: re.Match[str], _context: Context) -> str:
    return ordinal(int(found["nth_number"]))


@_READINGS.of("decade")
def _decade(found: re.Match[str], _context: Context) -> str:
    words = year(int(found["decade_year"]))
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
