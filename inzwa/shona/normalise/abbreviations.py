"""Words that are not spoken as written: abbreviations, titles, acronyms, single letters, Roman numerals.

An acronym of four letters or more that can be read as a word is (ZESA, POTRAZ, UNICEF), and so are those listed in
READ_AS_WORDS; others are spelled out by the names of their letters. Lower-case letters before it are its
prefix: reZANU, muMDC. The rule was drawn up from news text and has not been checked by a native speaker.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from inzwa.shona import Language
from inzwa.shona.data import rows, translations
from inzwa.shona.numbers.cardinals import ordinal
from inzwa.shona.numbers.concords import class_of, singular
from inzwa.shona.numbers.english_verbaliser import ordinal as english_ordinal
from inzwa.shona.phonology.graphemes import longest_first

READ_AS_WORDS: Final = frozenset(
    ("ZEC", "AIDS", "COVID", "SADC", "NATO", "UNICEF", "UNESCO", "ZIG", "OK", "SIM", "PIN", "CABS")
)
_NOT_WORDS: Final = re.compile(r"[^AEIOU]{3}|[^AEIOU]{2}\Z|\A[^AEIOU]+\Z|\A[AEIOU]?[^AEIOU]*\Z")
_WORD_LETTERS: Final = 4
_CAPITALS: Final = re.compile(r"(?P<prefix>(?:[A-Z]?[a-z]{1,8}?)?)(?P<letters>[A-Z]{2,6})(?P<plural>s?)")
_ROMAN: Final = re.compile(r"(?=[IVX]{2})(?P<tens>X{0,3})(?P<units>IX|IV|V?I{0,3})")
_ROMAN_VALUES: Final = MappingProxyType({"I": 1, "V": 5, "X": 10})


ABBREVIATION: Final = longest_first([short for short, _, _ in rows("abbreviations.tsv")])
"""A regular expression for any of them, without the last full stop."""

TITLES: Final = f"(?:{longest_first([short for short, _, _ in rows('abbreviations.tsv') if short[0].isupper()])})"
"""A regular expression for those that stand before a name."""

_TITLE: Final = re.compile(f"(?P<prefix>[a-z]{{0,6}})(?P<short>(?=[A-Z])(?:{ABBREVIATION}))")


def abbreviations(language: Language) -> Mapping[str, str]:
    """Short form, in lower case, to what it stands for."""
    return translations("abbreviations.tsv", language)


JOINS_NAME: Final = "+"
"""Ends a title that is joined to the name: Va+."""


def title(word: str, language: Language) -> str | None:
    """A title without its full stop, with or without a prefix (naProf); None for any other word."""
    found = _TITLE.fullmatch(word)
    return found["prefix"] + abbreviations(language)[found["short"].lower()] if found else None


def spelled(letters: str, language: Language) -> str:
    """The names of these ASCII letters."""
    names = translations("letters.tsv", language)
    return " ".join(names[letter] for letter in letters.lower() if letter in names)


@lru_cache(maxsize=4096)
def acronym(word: str, language: Language) -> str | None:
    """A word with its capitals spelled out, its prefix before them; None for a word that is read as written."""
    found = _CAPITALS.fullmatch(word)
    if not found or _is_word(found["letters"]):
        return None
    return found["prefix"] + spelled(found["letters"], language) + found["plural"]


def _is_word(letters: str) -> bool:
    """Whether these capitals make a word."""
    if letters in READ_AS_WORDS:
        return True
    return len(letters) >= _WORD_LETTERS and not _NOT_WORDS.search(letters)


def roman(word: str) -> int:
    """The value of a Roman numeral below forty of two letters or more; 0 for any other word."""
    found = _ROMAN.fullmatch(word)
    return _roman_value(found["tens"]) + _roman_value(found["units"]) if found else 0


def roman_ordinal(number: int, name: str, language: Language) -> str | None:
    """The ordinal for a Roman numeral after a name (George VI, Chikamu II); None after anything else."""
    if not name[:1].isupper() or name.isupper():
        return None
    if language == "en":
        return f"the {english_ordinal(number)}"
    return ordinal(number, singular(class_of(name)))


def _roman_value(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    return sum(-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=False))
