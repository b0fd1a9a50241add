"""Sounds of words that are not Shona: names and loans, English words, letters by themselves.

There is no dictionary, only rules of spelling: a word that ends in a, i, o or u is read by its letters with Shona's
vowels (Mnangagwa, Bulawayo, Afrika, studio); any other is taken for English (bank, state, Germany) and read by the
rules of english.tsv; one without a vowel is spelled out (MDC). What is not a letter a to z is left out.
"""

import re
from collections.abc import Iterator
from typing import Final

from inzwa.shona.data import rows
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
_LONGEST_ENGLISH: Final = 32
"""Letters. A longer word is read as a loan, letter by letter."""

_BEFORE_FIRST_LETTER: Final = re.compile(r"\A\^?(?:\(\?<=[^)]*\))?\^?")
"""Of a rule: what looks back, but consumes nothing."""


def _read_rules() -> tuple[re.Pattern[str], dict[int | None, str]]:
    """A pattern with one group a rule, and the group's number to the IPA. The first rule that matches wins.

    The rules are gathered by their first letter, behind a look-ahead, so that only those of one letter are tried.
    """
    rules: dict[str, list[tuple[str, str]]] = {}
    for pattern, ipa in rows("english.tsv"):
        rules.setdefault(_BEFORE_FIRST_LETTER.sub("", pattern)[0], []).append((pattern, ipa))
    choices = (f"(?={letter})(?:{'|'.join(f'({rule})' for rule, _ in some)})" for letter, some in rules.items())
    sounds = (ipa for some in rules.values() for _, ipa in some)
    return re.compile("|".join(choices)), dict(enumerate(sounds, 1))


_ENGLISH_RULE, _ENGLISH_SOUNDS = _read_rules()


def foreign_ipa(word: str) -> str:
    """A word in lower-case ASCII letters as IPA, stress included."""
    if _ENDS_LIKE_SHONA.search(word) or len(word) > _LONGEST_ENGLISH:
        return stressed(["".join(_loan_sounds(syllable)) for syllable in _LOAN_SYLLABLE.findall(word)])
    if _ENGLISH_VOWEL.search(word):
        return "ˈ" + _ENGLISH_RULE.sub(lambda found: _ENGLISH_SOUNDS[found.lastindex], word)
    return " ".join("ˈ" + _LETTER_NAMES[letter] for letter in word if letter in _LETTER_NAMES)


def stressed(syllables: list[str]) -> str:
    """Syllables in IPA as one word, with the mark before the last but one; a lone syllable bears none."""
    if len(syllables) < 2:
        return "".join(syllables)
    return "".join(syllables[:-2]) + "ˈ" + "".join(syllables[-2:])


def _loan_sounds(syllable: str) -> Iterator[str]:
    for unit in _LOAN_UNIT.finditer(syllable):
        if unit["letter"]:
            yield _LOAN_SOUNDS.get(unit["letter"], "")
        elif unit[0] == "c" and syllable[unit.end() : unit.end() + 1] in {"e", "i", "y"}:
            yield _SOFT_C
        else:
            yield _LOAN_SOUNDS[unit[0]]
