"""How numerals and possessives agree with the class of a Shona noun, and which class a number in a text counts.

Sources: the concords are those of every grammar of Shona (Fortune 1972, A Guide to Shona Spelling; Doke 1931); the
numeral stems and their forms in classes 2, 4, 6, 8 and 10 were counted in 32,807 lines of news and translations. The
forms of the rarer classes (11 to 21) follow the same pattern and were not met there: for a native speaker to check.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Final

from inzwa.shona.data import rows
from inzwa.shona.phonology.graphemes import longest_first

UNKNOWN: Final = 10
"""The class of things that are counted without a name."""

_STEMS: Final = ("viri", "tatu", "na", "shanu", "tanhatu", "nomwe", "sere", "pfumbamwe")
_BARE: Final = ("mbiri", "nhatu", "ina", "shanu", "nhanhatu", "nomwe", "sere", "pfumbamwe")
"""Class 10, and all counting that names nothing."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The forms that words take beside a noun of one class."""

    units: tuple[str, ...]
    """The numerals 1 to 9: the 1 agrees with the singular, the others with the plural."""
    possessive: str
    """Before the e or a of `of`: w, r, dz."""


def _agreement(one: str, many: str, possessive: str) -> Agreement:
    return Agreement((f"{one}mwe", *(_BARE if many == "-" else [many + stem for stem in _STEMS])), possessive)


AGREEMENTS: Final = MappingProxyType(
    {
        1: _agreement("mu", "va", "w"),
        2: _agreement("mu", "va", "v"),
        3: _agreement("mu", "mi", "w"),
        4: _agreement("mu", "mi", "y"),
        5: _agreement("ri", "ma", "r"),
        6: _agreement("ri", "ma", ""),
        7: _agreement("chi", "zvi", "ch"),
        8: _agreement("chi", "zvi", "zv"),
        9: _agreement("i", "-", "y"),
        10: _agreement("i", "-", "dz"),
        11: _agreement("ru", "-", "rw"),
        12: _agreement("ka", "tu", "k"),
        13: _agreement("ka", "tu", "tw"),
        14: _agreement("hu", "ma", "hw"),
        15: _agreement("ku", "ma", "kw"),
        16: _agreement("pa", "pa", "p"),
        17: _agreement("ku", "ku", "kw"),
        18: _agreement("mu", "mu", "mw"),
        21: _agreement("ri", "ma", "z"),
    }
)
"""By noun class."""

_PREFIXES: Final = re.compile(
    "(?:zve|nge|rwe|hwe|kwe|mwe|twe|dze|che|[bnwvyrsze]e|e|na|pa|ku|mu|se)(?:mu|ku|pa)?(?=[a-z]{3})"
)
"""Prefixes of a noun: with, of, at, in, by."""

_VERB: Final = re.compile(
    longest_first(["vano", "vaka", "vacha", "vari", "vave", "vava", "vange", "vanga", "vaive", "vasvika", "vadarika"])
    + "|"
    + longest_first(["dzino", "dzaka", "dzicha", "dziri", "dzave", "dzasvika"])
    + "|"
    + longest_first(["zvino", "zvaka", "zvicha"])
    + "|"
    + longest_first(["ano", "aka"])
)
_VERB_CLASSES: Final = MappingProxyType({"v": 2, "d": 10, "z": 8, "a": 6})
_ONE: Final = re.compile("chi|mu(?!dzimai)")
_PERSON: Final = 1

_WINDOW: Final = 5
"""Words before a number among which the counted noun is looked for."""

_UNIT_CLASSES: Final = {word: kind for kind in (8, 6, 4, 2) for word in AGREEMENTS[kind].units}


@lru_cache(maxsize=4096)
def class_of(word: str) -> int | None:
    """The class of a noun in nouns.tsv, with or without a prefix (kwemakore), or that a verb or a numeral agrees with.

    None where the word shows none. Nouns that are not listed are not guessed at: vadarika looks like vana.
    """
    word = word.lower()
    if found := _nouns().get(word):
        return found
    if (prefix := _PREFIXES.match(word)) and (found := _nouns().get(word[prefix.end() :])):
        return found
    if word[:2] == "ne" and (found := _UNIT_CLASSES.get(word[2:])):
        return found
    return _VERB_CLASSES[word[0]] if _VERB.match(word) else None


def is_one(word: str) -> bool:
    """Whether the word is a listed noun, with or without a prefix, in the singular: chikoro, kuchikoro."""
    word = word.lower()
    prefix = _PREFIXES.match(word)
    noun = word if word in _nouns() or not prefix else word[prefix.end() :]
    return noun in _nouns() and _ONE.match(noun) is not None


def singular(noun_class: int | None) -> int:
    """The class of one of them; that of people where the class is not known."""
    if noun_class is None:
        return _PERSON
    return noun_class - 1 if noun_class in (2, 4, 6, 8, 10) else noun_class


@cache
def _nouns() -> dict[str, int]:
    return {noun: int(noun_class) for noun_class, nouns in rows("nouns.tsv") for noun in nouns.split()}


def possessive(noun_class: int, word: str) -> str:
    """`word` as what a noun of this class belongs to: (2, "makore") is vemakore.

    The a of the concord and the word's prefix meet in e (counted: nemakumi 1,837, namakumi 4; chegumi 12).
    """
    return f"{AGREEMENTS[noun_class].possessive}e{word}"


@dataclass(frozen=True, slots=True)
class Context:
    """The words around a number, in the same sentence."""

    before: Sequence[str]
    """The last few, the nearest last."""
    after: str
    """The next one; empty where there is none."""


def named_class(context: Context, amount: int | None) -> int:
    """counted_class, but for a number that is the name of one thing: Chikoro 5 is a school, not five of them."""
    if amount is not None and amount > 1 and context.before and is_one(context.before[-1]):
        return UNKNOWN
    return counted_class(context)


def counted_class(context: Context) -> int:
    """The class of what a number counts: of the noun beside it, else of the nearest word that shows one, else UNKNOWN.

    A name that is no listed noun ends the search: Studio 7, neCovid-19, but not muHarare 200 vanhu.
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
