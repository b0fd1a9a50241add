"""What figures say in Shona: one reading for each kind of figures.py. Pure; knows no page and no voice.

Sources, counted in 672,000 words of news: zvikamu ... kubva muzana 339, madhora ... ekuAmerica, nemasendi 22,
mamiriyoni maviri nezviuru ... for 2,6 million, nguva dzeshanu and dzepfumbamwe (hours are bare), chechimakumi maviri.
Days of the month and years were met in figures only: they are read as bare numbers, which keeps musi wembiri apart from
musi weChipiri, Tuesday. Minus, ranges, scores, fractions and the plus of a telephone number are for a native speaker.
"""

import re
from types import MappingProxyType
from typing import Final

from inzwa.shona.numbers.cardinals import FIRST, POINT, SCALES, ZERO, cardinal, decimal, digits, ordinal
from inzwa.shona.numbers.concords import UNKNOWN, of, singular
from inzwa.shona.numbers.figures import (
    MONTHS,
    SHONA_MONTHS,
    Context,
    Readings,
    counted_class,
    full_year,
    is_year,
    named_class,
    phone_groups,
)
from inzwa.shona.numbers.quantities import Measure, Quantity, currencies, quantity, units

_YEAR_WORDS: Final = re.compile(r"(?:.*(?:gore|una|ekuma|kuma|kwa|pakati|kusvika)|kubva)\Z", re.IGNORECASE)
_PART_OF_DAY: Final = ("mangwanani", "masikati", "manheru", "madeko", "usiku")
_TO: Final = "kusvika"
_LONG_GROUP: Final = 4
"""Figures said in one breath in a number too long to have a name."""
_GLUED_CLOCK: Final = re.compile(r"([01]?\d|2[0-4])\.?([0-5]\d)")
_SIMPLE_FRACTIONS: Final = MappingProxyType({("1", "2"): "hafu", ("1", "4"): "kota"})

_READINGS: Final = Readings()


def read_figure(found: re.Match[str], context: Context) -> str:
    """The words for a match of FIGURE, its concord joined to them."""
    words = _READINGS.read(found, context)
    if found["minus"] and words != ZERO:
        words += " pasi peziro"
    return _joined(found["concord"], words) if found["concord"] else words


def _joined(concord: str, words: str) -> str:
    """The concord as part of the first word: a and the number's own prefix meet in e, the locatives stay."""
    if concord in ("ku", "mu", "pa"):
        return concord + words
    return f"{concord[:-1]}e{words}"


def spoken_quantity(number: Quantity, noun_class: int) -> str:
    """An amount in agreement with this class; a code figure by figure."""
    if number.listed():
        groups = re.findall(f".{{1,{_LONG_GROUP}}}", number.whole)
        return ", ".join(map(digits, groups))
    if (exact := number.exact()) is not None:
        return cardinal(exact, noun_class)
    words = decimal(int(number.whole), number.fraction, noun_class)
    scale = next((scale.one.split()[0] for scale in SCALES if scale.size == number.scale), "")
    return f"{words} {scale}".strip()


def _amount(found: re.Match[str], kind: str) -> Quantity:
    return quantity(found[f"{kind}_number"], found[f"{kind}_scale"])


@_READINGS.of("number")
def _number(found: re.Match[str], context: Context) -> str:
    figures = found["number_number"]
    if found["concord"] == "dza" and (clock := _GLUED_CLOCK.fullmatch(figures)) and _names_an_hour(figures, context):
        return _clock(*clock.groups())
    if is_year(figures) and (found["concord"] or _after_year_word(context)):
        return cardinal(int(figures))
    if found["concord"] and len(figures) < 3 and found["concord"] not in ("na", "ne"):
        return cardinal(int(figures))
    amount = _amount(found, "number")
    return spoken_quantity(amount, named_class(context, amount.exact()))


def _names_an_hour(figures: str, context: Context) -> bool:
    """Dza1430 is an hour behind nguva, else a year."""
    return not is_year(figures) or (bool(context.before) and context.before[-1].lower().endswith("nguva"))


def _after_year_word(context: Context) -> bool:
    nearest = context.before[-1] if context.before else ""
    return nearest.lower() in MONTHS or _YEAR_WORDS.match(nearest) is not None


@_READINGS.of("date")
def _date(found: re.Match[str], _context: Context) -> str:
    return _day(found["date_day"], found["date_name"], found["date_year"])


@_READINGS.of("dated")
def _dated(found: re.Match[str], _context: Context) -> str:
    return _day(found["dated_day"], found["dated_name"], found["dated_year"])


@_READINGS.of("iso", "slashed")
def _numbered_date(found: re.Match[str], _context: Context) -> str:
    kind = found.lastgroup
    name = SHONA_MONTHS[int(found[f"{kind}_month"]) - 1]
    return _day(found[f"{kind}_day"], name, full_year(found[f"{kind}_year"]))


def _day(day: str, month: str, year: str | None) -> str:
    said = FIRST if int(day) == 1 else cardinal(int(day))
    return f"{said} {month} {cardinal(int(year))}" if year else f"{said} {month}"


@_READINGS.of("phone")
def _phone(found: re.Match[str], _context: Context) -> str:
    return ("purasi " if "+" in found["phone"] else "") + ", ".join(map(digits, phone_groups(found["phone"])))


@_READINGS.of("time")
def _time(found: re.Match[str], context: Context) -> str:
    words = _clock(found["time_hour"], found["time_minute"], found["time_second"])
    return words + _part_of_day(found["time_half"], int(found["time_hour"]), context)


@_READINGS.of("hour", "military")
def _hour(found: re.Match[str], context: Context) -> str:
    kind = found.lastgroup
    words = _clock(found[f"{kind}_hour"], found[f"{kind}_minute"])
    return words + _part_of_day(found[f"{kind}_half"], int(found[f"{kind}_hour"]), context)


def _clock(hour: str, minute: str | None, second: str | None = None) -> str:
    words = cardinal(int(hour))
    for count, measure in ((minute, units()["min"]), (second, units()["s"])):
        if count and int(count):
            words += " ne" + _measured(Quantity(count.lstrip("0")), measure)
    return words


def _part_of_day(half: str | None, hour: int, context: Context) -> str:
    if not half or half[0] == "h" or any(part in context.after for part in _PART_OF_DAY):
        return ""
    if half[0] == "a":
        return " mangwanani"
    return " masikati" if hour == 12 or hour < 6 else " manheru"


@_READINGS.of("money", "paid")
def _money(found: re.Match[str], _context: Context) -> str:
    kind = found.lastgroup
    amount, measure = _amount(found, kind), currencies()[found[f"{kind}_sign"]]
    if len(amount.fraction) != 2 or amount.scale > 1:
        return _measured(amount, measure)
    cents = _cents(int(amount.fraction), measure)
    if not int(amount.whole) and cents:
        return cents
    whole = _measured(Quantity(amount.whole), measure)
    return f"{whole} ne{cents}" if cents else whole


def _cents(count: int, measure: Measure) -> str:
    one, many = measure.parts
    return f"{one if count == 1 else many} {cardinal(count, 6)}" if count else ""


def _measured(amount: Quantity, measure: Measure) -> str:
    """The measure's name, how many, and what it belongs to: madhora maviri ekuAmerica."""
    one = amount.exact() == 1
    words = f"{measure.one if one else measure.many} {spoken_quantity(amount, measure.noun_class)}"
    if measure.tail.startswith(("ku", "mu")):
        return f"{words} {of(5 if one else measure.noun_class, measure.tail)}"
    return f"{words} {measure.tail}" if measure.tail else words


@_READINGS.of("unit")
def _unit(found: re.Match[str], context: Context) -> str:
    measure = units()[found["unit_sign"]]
    words = _measured(_amount(found, "unit"), measure)
    named = context.before[-1].lower() if context.before else ""
    return words.removeprefix(f"{measure.many} ") if named.endswith(measure.many) else words


@_READINGS.of("percent")
def _percent(found: re.Match[str], context: Context) -> str:
    words = spoken_quantity(quantity(found["percent_number"]), 8)
    if found["percent_end"]:
        words += f" {_TO} {spoken_quantity(quantity(found['percent_end']), 8)}"
    named = bool(context.before) and context.before[-1].lower().endswith("zvikamu")
    return f"{words} kubva muzana" if named else f"zvikamu {words} kubva muzana"


@_READINGS.of("fraction")
def _fraction(found: re.Match[str], _context: Context) -> str:
    whole, over, under = found["fraction_whole"], found["fraction_over"], found["fraction_under"]
    if whole:
        return f"{cardinal(int(whole))} ne{_part(over, under)}"
    return _part(over, under)


def _part(over: str, under: str) -> str:
    if simple := _SIMPLE_FRACTIONS.get((over, under)):
        return simple
    part = "chikamu" if over == "1" else "zvikamu"
    return f"{part} {cardinal(int(over), 8)} kubva mu{cardinal(int(under), 8)}"


@_READINGS.of("range")
def _range(found: re.Match[str], context: Context) -> str:
    """From the smaller to the larger; the other way round it is a score."""
    start, end = quantity(found["range_start"]), quantity(found["range_end"])
    if found["range_unit"]:
        name = units()[found["range_unit"]].many
        return f"{name} {spoken_quantity(start, 6)} {_TO} {spoken_quantity(end, 6)}"
    years = is_year(start.whole) and len(end.whole) == 2
    rising = years or (len(start.whole), start.whole) < (len(end.whole), end.whole)
    noun_class = counted_class(context) if rising and not is_year(start.whole) else UNKNOWN
    joint = f" {_TO} " if rising and start.whole != "0" else " ku"
    return f"{spoken_quantity(start, noun_class)}{joint}{spoken_quantity(end, noun_class)}"


@_READINGS.of("version")
def _version(found: re.Match[str], _context: Context) -> str:
    return f" {POINT} ".join(cardinal(int(part)) for part in found["version"].split("."))


@_READINGS.of("list")
def _list(found: re.Match[str], _context: Context) -> str:
    return ", ".join(cardinal(int(part)) for part in found["list"].split(","))


@_READINGS.of("nth")
def _nth(found: re.Match[str], context: Context) -> str:
    number = int(found["nth_number"])
    return ordinal(number, singular(counted_class(context))) if number else cardinal(0)


@_READINGS.of("ordinal")
def _ordinal(found: re.Match[str], _context: Context) -> str:
    """Wechi2: the concord is written, the numeral is not; the first of all is wekutanga."""
    number = int(found["ordinal_number"])
    return found["ordinal_of"] + (ordinal(number, 1).removeprefix("we") if number else f"chi{ZERO}")


@_READINGS.of("decade")
def _decade(found: re.Match[str], _context: Context) -> str:
    return f"makore e{cardinal(int(found['decade_year']))}"
