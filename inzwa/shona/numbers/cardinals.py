"""Numbers in Shona words, in agreement with what is counted.

    cardinal(25, 6)  ->  "makumi maviri nemashanu"        as in madhora makumi maviri nemashanu
    ordinal(3, 7)    ->  "chechitatu"                     as in chikamu chechitatu

Sources, counted in 32,807 lines (672,000 words) of Shona news and translations: makumi maviri 388, mazana maviri 183,
chiuru 105 and churu 22, zviuru 829 and zvuru 46, miriyoni imwe 63, joined with ne- 1,837 and na- 4, zvine mazana 77
and ane makumi 57 where the parts of a number must be kept apart, poindi 35. The tens, hundreds and millions agree with
their own class 6 and the thousands with class 8, whatever is counted: only the last unit agrees with the noun.
Ziro was not met in that text; bhiriyoni imwe 18 stands beside rimwe 4: both are for a native speaker to check.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from inzwa.shona.numbers.concords import AGREEMENTS, UNKNOWN, possessive

MOST: Final = 10**15 - 1
"""The largest number that has a name here; larger ones are read digit by digit."""

ZERO: Final = "ziro"
TEN: Final = "gumi"
TENS: Final = "makumi"
HUNDRED: Final = "zana"
HUNDREDS: Final = "mazana"
POINT: Final = "poindi"
FIRST: Final = "kutanga"
PAIRED_CLASS: Final = 6
"""The class of makumi, mazana and mamiriyoni."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A power of a thousand that is itself counted."""

    size: int
    one: str
    """One of it."""
    many: str
    """Before its number."""
    noun_class: int
    """What its number agrees with."""
    having: str
    """Joins what follows where ne- would be taken for a part of this scale's number."""


SCALES: Final = (
    Scale(10**12, "tiriyoni imwe", "matiriyoni", PAIRED_CLASS, "ane"),
    Scale(10**9, "bhiriyoni imwe", "mabhiriyoni", PAIRED_CLASS, "ane"),
    Scale(10**6, "miriyoni imwe", "mamiriyoni", PAIRED_CLASS, "ane"),
    Scale(10**3, "chiuru", "zviuru", 8, "zvine"),
)

_DIGITS: Final = {str(value): word for value, word in enumerate((ZERO, *AGREEMENTS[UNKNOWN].units))}


@lru_cache(maxsize=8192)
def cardinal(number: int, noun_class: int = UNKNOWN) -> str:
    """A number from 0 to MOST as it counts things of this class; ValueError beyond them, KeyError for no class."""
    if not 0 <= number <= MOST:
        raise ValueError(f"no name is known for {number}")
    if not number:
        return ZERO
    return "".join(_joined(number, noun_class))


def ordinal(number: int, noun_class: int = UNKNOWN) -> str:
    """Which one of its class: wekutanga, wechipiri, wegumi neshanu, wechimakumi maviri nembiri; from 1 to MOST.

    Units in the compounds are of class 10 (counted: chegumi neshanu, wechimakumi maviri nenhanhatu).
    """
    if number == 1:
        return possessive(noun_class, FIRST)
    if 2 <= number <= 9:
        return possessive(noun_class, "chipiri" if number == 2 else f"chi{AGREEMENTS[2].units[number - 1][2:]}")
    words = cardinal(number)
    return possessive(noun_class, f"chi{words}" if words.startswith(TENS) else words)


def digits(written: str) -> str:
    """Each digit by itself, in class 10, as telephone numbers and decimals are read. Other characters are dropped."""
    return " ".join([_DIGITS[digit] for digit in written if digit in _DIGITS])


def decimal(whole: int, fraction: str, noun_class: int = UNKNOWN) -> str:
    """`whole` and, digit by digit, what follows the point."""
    return f"{cardinal(whole, noun_class)} {POINT} {digits(fraction)}"


def _joined(number: int, noun_class: int) -> Iterator[str]:
    """The number's parts, each with its link to the one before."""
    link = ""
    for scale in SCALES:
        count, number = divmod(number, scale.size)
        if count:
            yield link + _scaled(scale, count)
            link = f" {scale.having} " if _would_run_on(scale, count, number, noun_class) else " ne"
    if number:
        yield link + _below_thousand(number, noun_class)


def _scaled(scale: Scale, count: int) -> str:
    return scale.one if count == 1 else f"{scale.many} {_below_thousand(count, scale.noun_class)}"


def _below_thousand(number: int, noun_class: int) -> str:
    hundreds, tens, unit = number // 100, number // 10 % 10, number % 10
    parts = (
        _times(hundreds, HUNDRED, HUNDREDS),
        _times(tens, TEN, TENS),
        AGREEMENTS[noun_class].units[unit - 1] if unit else "",
    )
    return " ne".join(part for part in parts if part)


def _times(count: int, one: str, many: str) -> str:
    if count < 2:
        return one if count else ""
    return f"{many} {AGREEMENTS[PAIRED_CLASS].units[count - 1]}"


def _would_run_on(scale: Scale, count: int, rest: int, noun_class: int) -> bool:
    """Whether `rest`, joined with ne-, would be taken for more of the scale's own number.

    Zviuru gumi nezvishanu is 15,000: so 10,005 things of class 8 are zviuru gumi zvine zvishanu.
    """
    if count == 1 or rest >= 100:
        return False
    if rest >= 10:
        return count % 100 == 0
    own, others = AGREEMENTS[scale.noun_class].units, AGREEMENTS[noun_class].units
    return rest > 0 and count % 10 == 0 and own[rest - 1] == others[rest - 1]
