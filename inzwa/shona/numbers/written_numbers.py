"""Finds numbers written in digits, and what kind each is: a date, money, a range. The same for every language.

Each kind is one alternative of WRITTEN_NUMBER, named after it; the fields of a kind begin with its name. No
alternative can look back over more than a bounded stretch, so a text is read in time linear in its length. Groups of
three digits after spaces or commas are thousands (US$500 000, 1,263 and, as Zimbabwe's news types it, 1, 263); a comma
before any other number of digits is the decimal comma (3,5).
"""

import re
from dataclasses import dataclass
from typing import Final

from inzwa.shona.numbers.concords import Context
from inzwa.shona.numbers.units_and_currencies import SCALE_WORDS, Quantity, currencies, quantity, units
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
_SIGNS_AFTER: Final = longest_first([sign for sign in currencies() if len(sign) > 2 and sign.isalpha()] + ["€", "£"])
"""Signs that may follow the number."""
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
"""Concords that are written against a number: wa31, ra2019, dza8, na6, pe18."""

WRITTEN_NUMBER: Final = re.compile(
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
    | (?P<paid>(?P<paid_number>{_NUMBER})(?:\ (?P<paid_scale>(?i:{_SCALE})\b))?\ ?(?P<paid_sign>{_SIGNS_AFTER})(?!\w))
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

NUMBER_KINDS: Final = frozenset(name for name in WRITTEN_NUMBER.groupindex if "_" not in name) - {"concord", "minus"}
"""The names of its alternatives."""


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as it was found in a text."""

    found: re.Match[str]
    """Of WRITTEN_NUMBER, or of a pattern that contains it."""
    context: Context

    @property
    def kind(self) -> str:
        return self.found.lastgroup or ""

    @property
    def text(self) -> str:
        """All of it, without concord and minus."""
        return self.found[self.kind]

    @property
    def concord(self) -> str:
        """One of CONCORDS; empty where none is written."""
        return self.found["concord"] or ""

    @property
    def is_negative(self) -> bool:
        return self.found["minus"] is not None

    @property
    def word_before(self) -> str:
        """Empty where there is none."""
        return self.context.before[-1] if self.context.before else ""

    def __getitem__(self, field: str) -> str:
        """A field of its kind; empty where it is not written. IndexError for a field that the kind does not have."""
        return self.found[f"{self.kind}_{field}"] or ""

    def amount(self) -> Quantity:
        """Its fields `number` and `scale`."""
        return quantity(self["number"], self["scale"])


def is_year(digits: str) -> bool:
    """Whether these are four digits that may be a year."""
    return len(digits) == 4 and digits.isdigit() and 1100 <= int(digits) < 2200


def full_year(digits: str) -> str:
    """A year in four digits; two are of this century."""
    return f"20{digits}" if len(digits) == 2 else digits


def phone_groups(written: str) -> list[str]:
    """A telephone number in groups: its own, or three digits each after the network's four or the country's three."""
    groups = re.findall(r"\d+", written)
    if len(groups) > 1:
        return groups
    return re.findall(r"\d{1,3}" if written.startswith("+") else r"\A\d{4}|\d{1,3}", groups[0])
