"""How words that are not Shona are read aloud inside Shona: names and loans, English words, bare letters.

It knows spelling only, no dictionary: a word that ends in a, i, o or u is read by its letters with Shona's vowels
(Mnangagwa, Bulawayo, Afrika, studio); any other is taken for English (bank, state, Germany) and read by the rules of
english.tsv; one without a vowel is spelled out (MDC). Every letter a to z gets a reading; anything else is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from inzwa.shona.phonology.graphemes import GRAPHEMES, VOWELS, longest_first

_LOAN_LETTERS: Final = {
    "b": "b̤",
    "c": "k",
    "ck": "k",
    "d": "d̤",
    "gh": "ɡ",
    "kh": "k",
    "l": "l",
    "ph": "p",
    "q": "k",
    "qu": "kw",
    "rh": "r",
    "sch": "sk",
    "th": "t",
    "tsh": "t͡ʃ",
    "v": "v̤",
    "wh": "w",
    "x": "ks",
}
"""Spellings that Shona lacks or reads otherwise: foreign b, d and v are what Shona itself would spell bh, dh and vh;
ph, th and kh are the aspirates of Ndebele names."""

_LETTER_NAMES: Final = {
    "b": "biː",
    "c": "siː",
    "d": "diː",
    "f": "ɛf",
    "g": "d͡ʒiː",
    "h": "eɪt͡ʃ",
    "j": "d͡ʒeɪ",
    "k": "keɪ",
    "l": "ɛl",
    "m": "ɛm",
    "n": "ɛn",
    "p": "piː",
    "q": "kjuː",
    "r": "ɑːɹ",
    "s": "ɛs",
    "t": "tiː",
    "v": "viː",
    "w": "dʌbəljuː",
    "x": "ɛks",
    "z": "zɛd",
}
"""The English names of the letters that make no syllable alone, as Zimbabwe says them."""

_LOAN_SOUNDS: Final = {spelling: row.ipa for spelling, row in GRAPHEMES.items()} | _LOAN_LETTERS
_SOFT_C: Final = "s"
_LOAN_UNIT: Final = re.compile(rf"c(?=[eiy])|(?P<letter>[^{VOWELS}'])(?P=letter)|{longest_first(list(_LOAN_SOUNDS))}")
_LOAN_SYLLABLE: Final = re.compile(f"[^{VOWELS}]*+[{VOWELS}]|[^{VOWELS}]++$")
_ENDS_LIKE_SHONA: Final = re.compile("[aiou]$")
_ENGLISH_VOWEL: Final = re.compile("[aeiouy]")
_SILENT: Final = "-"
_FIRST_LETTER: Final = re.compile(r"\^?(?:\(\?<=[^)]*\))?\^?(?P<letter>[a-z'])")
_LONGEST_ENGLISH: Final = 32
"""Letters. What is longer is no word of English, and is read by its letters."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules for spellings that begin with one letter; the first that matches wins."""

    pattern: re.Pattern[str]
    sounds: tuple[str, ...]
    """The IPA of each group of the pattern."""


def _read_rules() -> dict[str, _Rules]:
    text = files("inzwa.shona").joinpath("data", "english.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    rules: dict[str, list[tuple[str, str]]] = {}
    for pattern, ipa in rows:
        rules.setdefault(_FIRST_LETTER.match(pattern)["letter"], []).append((pattern, "" if ipa == _SILENT else ipa))
    return {
        letter: _Rules(re.compile("|".join(f"({pattern})" for pattern, _ in some)), tuple(ipa for _, ipa in some))
        for letter, some in rules.items()
    }


_ENGLISH_RULES: Final = _read_rules()


def foreign_ipa(word: str) -> str:
    """A word in lower-case ASCII letters as IPA, stress included."""
    if _ENDS_LIKE_SHONA.search(word) or len(word) > _LONGEST_ENGLISH:
        return stressed([_loan_sound(syllable) for syllable in _LOAN_SYLLABLE.findall(word)])
    if _ENGLISH_VOWEL.search(word):
        return "ˈ" + "".join(_english_sounds(word))
    return " ".join(_letter_names(word))


def stressed(syllables: list[str]) -> str:
    """Syllables in IPA as one word, with the mark before the last but one; a lone syllable bears none."""
    if len(syllables) < 2:
        return "".join(syllables)
    return "".join(syllables[:-2]) + "ˈ" + "".join(syllables[-2:])


def _loan_sound(syllable: str) -> str:
    return "".join(_loan_units(syllable))


def _loan_units(syllable: str) -> Iterator[str]:
    for unit in _LOAN_UNIT.finditer(syllable):
        if unit["letter"]:
            yield _LOAN_SOUNDS.get(unit["letter"], "")
        elif unit[0] == "c" and syllable[unit.end() : unit.end() + 1] in {"e", "i", "y"}:
            yield _SOFT_C
        else:
            yield _LOAN_SOUNDS[unit[0]]


def _english_sounds(word: str) -> Iterator[str]:
    at = 0
    while at < len(word):
        rules = _ENGLISH_RULES[word[at]]
        found = rules.pattern.match(word, at)
        yield rules.sounds[found.lastindex - 1]
        at = found.end()


def _letter_names(word: str) -> Iterator[str]:
    return ("ˈ" + _LETTER_NAMES[letter] for letter in word if letter in _LETTER_NAMES)
