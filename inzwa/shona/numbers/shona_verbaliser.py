"""Written numbers in Shona words: one function for each kind of written_numbers.py.

Sources, counted in 672,000 words of news: zvikamu ... kubva muzana 339, madhora ... ekuAmerica, nemasendi 22,
mamiriyoni maviri nezviuru ... for 2,6 million, nguva dzeshanu and dzepfumbamwe (hours are bare), chechimakumi maviri.
Days of the month and years were met in digits only: they are read as bare numbers, which keeps musi wembiri apart from
musi weChipiri, Tuesday. Minus, ranges, scores, fractions and the plus of a telephone number are for a native speaker.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from inzwa.shona.numbers.cardinals import FIRST, POINT, SCALES, ZERO, cardinal, decimal, digits, ordinal
from inzwa.shona.numbers.concords import UNKNOWN, counted_class, named_class, possessive, singular
from inzwa.shona.numbers.units_and_currencies import Measure, Quantity, currencies, quantity, units
from inzwa.shona.numbers.written_numbers import (
    MONTHS,
    SHONA_MONTHS,
    WrittenNumber,
    full_year,
    is_year,
    phone_groups,
)

_YEAR_WORDS: Final = re.compile(r"(?:.*(?:gore|una|ekuma|kuma|kwa|pakati|kusvika)|kubva)\Z", re.IGNORECASE)
_PARTS_OF_DAY: Final = ("mangwanani", "masikati", "manheru", "madeko", "usiku")
_TO: Final = "kusvika"
_LONG_GROUP: Final = 4
"""Digits between two pauses in a number too long to have a name."""
_JOINED_CLOCK: Final = re.compile(r"([01]?\d|2[0-4])\.?([0-5]\d)")
_SIMPLE_FRACTIONS: Final = MappingProxyType({("1", "2"): "hafu", ("1", "4"): "kota"})


def verbalise(number: WrittenNumber) -> str:
    """The words for a number, its concord joined to them."""
    words = _BY_KIND[number.kind](number)
    if number.is_negative and words != ZERO:
        words += " pasi peziro"
    return _joined(number.concord, words) if number.concord else words


def _joined(concord: str, words: str) -> str:
    """The concord as part of the first word: a and the number's own prefix meet in e, the locatives stay."""
    if concord in ("ku", "mu", "pa"):
        return concord + words
    return f"{concord[:-1]}e{words}"


def _quantity(amount: Quantity, noun_class: int) -> str:
    """An amount in agreement with this class; a code digit by digit."""
    if amount.is_code():
        groups = re.findall(f".{{1,{_LONG_GROUP}}}", amount.whole)
        return ", ".join(map(digits, groups))
    if (integer := amount.integer()) is not None:
        return cardinal(integer, noun_class)
    words = decimal(int(amount.whole), amount.fraction, noun_class)
    scale = next((scale.one.split()[0] for scale in SCALES if scale.size == amount.scale), "")
    return f"{words} {scale}".strip()


def _number(number: WrittenNumber) -> str:
    written, concord = number["number"], number.concord
    if concord == "dza" and (clock := _JOINED_CLOCK.fullmatch(written)) and _names_an_hour(written, number):
        return _clock(*clock.groups())
    if is_year(written) and (concord or _follows_year_word(number)):
        return cardinal(int(written))
    if concord and len(written) < 3 and concord not in ("na", "ne"):
        return cardinal(int(written))
    amount = number.amount()
    return _quantity(amount, named_class(number.context, amount.integer()))


def _names_an_hour(written: str, number: WrittenNumber) -> bool:
    """Dza1430 is an hour after nguva, else a year."""
    return not is_year(written) or number.word_before.lower().endswith("nguva")


def _follows_year_word(number: WrittenNumber) -> bool:
    return number.word_before.lower() in MONTHS or _YEAR_WORDS.match(number.word_before) is not None


def _date(number: WrittenNumber) -> str:
    return _day(number["day"], number["name"], number["year"])


def _numbered_date(number: WrittenNumber) -> str:
    return _day(number["day"], SHONA_MONTHS[int(number["month"]) - 1], full_year(number["year"]))


def _day(day: str, month: str, year: str) -> str:
    words = f"{FIRST if int(day) == 1 else cardinal(int(day))} {month}"
    return f"{words} {cardinal(int(year))}" if year else words


def _phone(number: WrittenNumber) -> str:
    return ("purasi " if "+" in number.text else "") + ", ".join(map(digits, phone_groups(number.text)))


def _time(number: WrittenNumber) -> str:
    return _clock(number["hour"], number["minute"], number["second"]) + _part_of_day(number)


def _hour(number: WrittenNumber) -> str:
    return _clock(number["hour"], number["minute"]) + _part_of_day(number)


def _clock(hour: str, minute: str, second: str = "") -> str:
    words = cardinal(int(hour))
    for count, measure in ((minute, units()["min"]), (second, units()["s"])):
        if count and int(count):
            words += " ne" + _measured(Quantity(count.lstrip("0")), measure)
    return words


def _part_of_day(number: WrittenNumber) -> str:
    """For am and pm, unless the text says it."""
    half, hour = number["half"], int(number["hour"])
    if not half or half[0] == "h" or any(part in number.context.after for part in _PARTS_OF_DAY):
        return ""
    if half[0] == "a":
        return " mangwanani"
    return " masikati" if hour == 12 or hour < 6 else " manheru"


def _money(number: WrittenNumber) -> str:
    amount, currency = number.amount(), currencies()[number["sign"]]
    if len(amount.fraction) != 2 or amount.scale > 1:
        return _measured(amount, currency)
    cents = _cents(int(amount.fraction), currency)
    if not int(amount.whole) and cents:
        return cents
    whole = _measured(Quantity(amount.whole), currency)
    return f"{whole} ne{cents}" if cents else whole


def _cents(count: int, currency: Measure) -> str:
    one, many = currency.parts
    return f"{one if count == 1 else many} {cardinal(count, 6)}" if count else ""


def _measured(amount: Quantity, measure: Measure) -> str:
    """The measure's name, how many, and what it belongs to: madhora maviri ekuAmerica."""
    one = amount.integer() == 1
    words = f"{measure.one if one else measure.many} {_quantity(amount, measure.noun_class)}"
    if measure.tail.startswith(("ku", "mu")):
        return f"{words} {possessive(5 if one else measure.noun_class, measure.tail)}"
    return f"{words} {measure.tail}" if measure.tail else words


def _unit(number: WrittenNumber) -> str:
    measure = units()[number["sign"]]
    words = _measured(number.amount(), measure)
    return words.removeprefix(f"{measure.many} ") if number.word_before.lower().endswith(measure.many) else words


def _percent(number: WrittenNumber) -> str:
    words = _quantity(quantity(number["number"]), 8)
    if number["end"]:
        words += f" {_TO} {_quantity(quantity(number['end']), 8)}"
    return f"{'' if number.word_before.lower().endswith('zvikamu') else 'zvikamu '}{words} kubva muzana"


def _fraction(number: WrittenNumber) -> str:
    part = _part(number["over"], number["under"])
    return f"{cardinal(int(number['whole']))} ne{part}" if number["whole"] else part


def _part(over: str, under: str) -> str:
    if simple := _SIMPLE_FRACTIONS.get((over, under)):
        return simple
    part = "chikamu" if over == "1" else "zvikamu"
    return f"{part} {cardinal(int(over), 8)} kubva mu{cardinal(int(under), 8)}"


def _range(number: WrittenNumber) -> str:
    """From the smaller to the larger; the other way round it is a score."""
    start, end = quantity(number["start"]), quantity(number["end"])
    if number["unit"]:
        return f"{units()[number['unit']].many} {_quantity(start, 6)} {_TO} {_quantity(end, 6)}"
    years = is_year(start.whole) and len(end.whole) == 2
    rising = years or (len(start.whole), start.whole) < (len(end.whole), end.whole)
    noun_class = counted_class(number.context) if rising and not is_year(start.whole) else UNKNOWN
    joint = f" {_TO} " if rising and start.whole != "0" else " ku"
    return f"{_quantity(start, noun_class)}{joint}{_quantity(end, noun_class)}"


def _version(number: WrittenNumber) -> str:
    return f" {POINT} ".join(cardinal(int(part)) for part in number.text.split("."))


def _list(number: WrittenNumber) -> str:
    return ", ".join(cardinal(int(part)) for part in number.text.split(","))


def _nth(number: WrittenNumber) -> str:
    nth = int(number["number"])
    return ordinal(nth, singular(counted_class(number.context))) if nth else ZERO


def _ordinal(number: WrittenNumber) -> str:
    """Wechi2: the concord is written, the numeral is not; the first of all is wekutanga."""
    nth = int(number["number"])
    return number["of"] + (ordinal(nth, 1).removeprefix("we") if nth else f"chi{ZERO}")


def _decade(number: WrittenNumber) -> str:
    return f"makore e{cardinal(int(number['year']))}"


_BY_KIND: Final[MappingProxyType[str, Callable[[WrittenNumber], str]]] = MappingProxyType(
    {
        "number": _number,
        **dict.fromkeys(("date", "dated"), _date),
        **dict.fromkeys(("iso", "slashed"), _numbered_date),
        "phone": _phone,
        "time": _time,
        **dict.fromkeys(("hour", "military"), _hour),
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
