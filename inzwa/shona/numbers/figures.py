"""Finds what is written in figures, and what kind it is: a date, money, a range. Knows no language but its signs.

Each kind is one alternative of FIGURE, named after it; the fields of a kind begin with its name. No alternative can
look back over more than a bounded stretch, so a text is read in time linear in its length. Groups of three figures
after spaces or commas are thousands (US$500 000, 1,263 and, as Zimbabwe's news types it, 1, 263); a comma before any
other number of figures is the decimal comma (3,5).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from inzwa.shona.numbers.concords import UNKNOWN, class_of, is_one
from inzwa.shona.numbers.quantities import SCALE_WORDS, currencies, units
from inzwa.shona.phonology.graphemes import longest_first

SHONA_MONTHS: Final = tuple(
    "Ndira Kukadzi Kurume Kubvumbi Chivabvu Chikumi Chikunguru Nyamavhuvhu Gunyana Gumiguru Mbudzi Zvita".split()  # noqa: SIM905
)
"""January to December: the names of the Common Locale Data Repository."""

ENGLISH_MONTHS: Final = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
MONTHS: Final = frozenset(
    name.lower() for name in [*SHONA_MONTHS, *ENGLISH_MONTHS, *(name[:3] for name in ENGLISH_MONTHS), "Sept"]
)

_GROUPED: Final = (
    r"(?:\d{1,3}(?:,\d{3}){1,6}+(?!\d)|\d{1,3}(?:\ \d{3}){1,6}+(?!\d)|\d{1,3}(?:\.\d{3}){2,6}+(?!\d)"
    r"|\d{1,3}(?:,\ \d{3}){1,2}+(?!,?\ ?\d)|\d++)"
)
_NUMBER: Final = rf"(?:\d{{1,3}},\ \d{{1,2}}(?=\ [mb]illion)|{_GROUPED}(?:[.,]\d++(?![.,]?\d))?)"
_SCALE: Final = longest_first([word for word in SCALE_WORDS if len(word) > 2])
MONEY_SIGNS: Final = longest_first(list(currencies()))
_BEHIND: Final = longest_first([sign for sign in currencies() if len(sign) > 2 and sign.isalpha()] + ["€", "£"])
"""Signs that may stand behind the number."""
_MONTHS: Final = longest_first(sorted(MONTHS))
ENGLISH_MONTH: Final = rf"(?:{longest_first([*ENGLISH_MONTHS, *(name[:3] for name in ENGLISH_MONTHS)])})"
_UNITS: Final = longest_first(list(units()))

CONCORDS: Final = (
    "dza",
    "cha",
    "zva",
    "twa",
    "rwa",
    "hwa",
    "kwa",
    *(f"{letter}a" for letter in "wyrvnskp"),
    *(f"{letter}e" for letter in "wyrvnsp"),
    *("dze", "che", "zve", "twe", "rwe", "hwe", "kwe"),
    *("ku", "mu", "a"),
)
"""What is written against a number: wa31, ra2019, dza8, na6, pe18."""

FIGURE: Final = re.compile(
    rf"""(?:(?P<concord>(?<![^\W_])(?:{"|".join(CONCORDS)}))\ ?(?=[\d$€£]|(?:{MONEY_SIGNS})\ ?\d))?
    (?=[\d+$€£A-Zz−-]|[a-z]{{1,3}}chi-?\d)(?P<minus>(?<![\w)])[−-](?=[\d$€£]))?
    (?:
      (?P<ordinal>(?<![^\W_])(?P<ordinal_of>[a-z]{{1,3}})chi-?(?P<ordinal_number>\d{{1,9}})(?!\w|[.,]\d))
    | (?P<dated>(?P<dated_name>{ENGLISH_MONTH})\ (?P<dated_day>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:]|[.,]\d)
        (?:,?\ (?P<dated_year>\d{{4}})(?!\d))?)
    | (?P<date>(?P<date_day>\d{{1,2}})(?:st|nd|rd|th)?\ (?P<date_name>(?i:{_MONTHS}))(?![^\W_])
        (?:,?\ (?P<date_year>\d{{4}})(?!\d))?)
    | (?P<iso>(?P<iso_year>[12]\d{{3}})-(?P<iso_month>0\d|1[0-2])-(?P<iso_day>[0-3]\d)(?!\d))
    | (?P<slashed>(?P<slashed_day>[0-3]?\d)[/.-](?P<slashed_month>0?[1-9]|1[0-2])[/.-]
        (?P<slashed_year>(?:19|20)\d\d|(?<=/)\d\d)(?![\d/]))
    | (?P<phone>(?:\+\d{{1,3}}|0\d{{1,4}})(?:[ -]?\(?\d{{2,4}}\)?){{2,5}}(?!\d))
    | (?P<time>(?P<time_hour>[01]?\d|2[0-4])[:h](?P<time_minute>[0-5]\d)(?::(?P<time_second>[0-5]\d))?(?![:\d])
        (?:\ ?(?P<time_half>[ap]\.?m\b\.?|hrs\b))?)
    | (?P<military>(?P<military_hour>[01]\d|2[0-4])(?P<military_minute>[0-5]\d)\ ?(?P<military_half>hrs?)\b)
    | (?P<hour>(?P<hour_hour>1[0-2]|0?[1-9])(?:\.(?P<hour_minute>[0-5]\d))?\ ?(?P<hour_half>[ap]\.?m\b\.?))
    | (?P<money>(?P<money_sign>{MONEY_SIGNS})\ ?(?P<money_number>{_NUMBER})
        (?:\ ?(?P<money_scale>(?i:{_SCALE}|bn|m|b)\b))?)
    | (?P<paid>(?P<paid_number>{_NUMBER})(?:\ (?P<paid_scale>(?i:{_SCALE})\b))?\ ?(?P<paid_sign>{_BEHIND})(?!\w))
    | (?P<percent>(?P<percent_number>{_NUMBER})(?:\ ?[-–]\ ?(?P<percent_end>{_NUMBER}))?
        \ ?(?:%|(?i:percent|per\ cent)\b))
    | (?P<fraction>(?:(?P<fraction_whole>\d{{1,3}})\ )?
        (?P<fraction_over>\d{{1,3}})/(?P<fraction_under>\d{{1,3}})(?![/\d]))
    | (?P<range>(?P<range_start>{_NUMBER})(?:\ ?[–—]\ ?|-)(?P<range_end>{_NUMBER})(?![-–\d])
        (?:\ ?(?P<range_unit>{_UNITS})(?![\w^]))?)
    | (?P<version>(?!\d{{1,3}}(?:\.\d{{3}}){{2,6}}(?!\.?\d))\d{{1,9}}(?:\.\d{{1,9}}){{2,8}}+)
    | (?P<list>\d{{1,9}}(?:,\d{{1,2}}(?!\d)){{2,40}}+)
    | (?P<nth>(?P<nth_number>\d{{1,15}})(?:st|nd|rd|th)\b)
    | (?P<decade>(?P<decade_year>\d{{3}}0)s\b)
    | (?P<unit>(?P<unit_number>{_NUMBER})(?:\ (?P<unit_scale>(?i:{_SCALE})))?\ ?(?P<unit_sign>{_UNITS})(?![\w^]))
    | (?P<number>(?P<number_number>{_NUMBER})(?:\ ?(?P<number_scale>(?i:{_SCALE})\b))?)
    )""",
    re.VERBOSE,
)

FIGURE_KINDS: Final = frozenset(name for name in FIGURE.groupindex if "_" not in name) - {"concord", "minus"}
"""The names of its alternatives."""


@dataclass(frozen=True, slots=True)
class Context:
    """The words around a figure, in the same sentence."""

    before: Sequence[str]
    """The last few, the nearest last."""
    after: str
    """The next one; empty where there is none."""


_WINDOW: Final = 5
"""Words before a figure among which the counted noun is looked for."""


def named_class(context: Context, amount: int | None) -> int:
    """counted_class, but for a number that is the name of one thing: Chikoro 5 is a school, not five of them."""
    if amount is not None and amount > 1 and context.before and is_one(context.before[-1]):
        return UNKNOWN
    return counted_class(context)


def counted_class(context: Context) -> int:
    """The class of what is counted: the noun beside the figure, else the nearest that tells; UNKNOWN where none does.

    A name that is no noun of the list ends the search: Studio 7, neCovid-19, but not muHarare 200 vanhu.
    """
    nearest = context.before[-1] if context.before else ""
    if found := class_of(nearest):
        return found
    if nearest[:1].isupper():
        return UNKNOWN
    if found := class_of(context.after):
        return found
    if nearest and not nearest.islower():
        return UNKNOWN
    words = islice(reversed(context.before), 1, _WINDOW)
    return next((found for word in words if (found := class_of(word))), UNKNOWN)


def is_year(figures: str) -> bool:
    """Whether these four figures may be a year."""
    return len(figures) == 4 and figures.isdigit() and 1100 <= int(figures) < 2200


def full_year(figures: str) -> str:
    """A year in four figures; two are of this century."""
    return f"20{figures}" if len(figures) == 2 else figures


def phone_groups(written: str) -> list[str]:
    """A telephone number in groups: its own, or three figures each after the network's four or the country's three."""
    groups = re.findall(r"\d+", written)
    if len(groups) > 1:
        return groups
    return re.findall(r"\d{1,3}" if written.startswith("+") else r"\A\d{4}|\d{1,3}", groups[0])


Reading = Callable[[re.Match[str], Context], str]
"""From a match of FIGURE to its words."""


class Readings(dict[str | None, Reading]):
    """What one language says for each kind of figure; a kind's name is that of its alternative in FIGURE."""

    def of(self, *kinds: str) -> Callable[[Reading], Reading]:
        """Marks the function that reads these kinds."""

        def enter(reading: Reading) -> Reading:
            self.update(dict.fromkeys(kinds, reading))
            return reading

        return enter

    def read(self, found: re.Match[str], context: Context) -> str:
        return self[found.lastgroup](found, context)
