"""What is around a place in a text, within a bounded distance."""

import re
from typing import Final

_MOST_WORDS: Final = 5
_LOOK_BACK: Final = 120
"""Characters."""

_LONGEST: Final = 24
"""Letters. A longer word is passed over."""

_LETTERS: Final = rf"[^\W\d_]{{1,{_LONGEST}}}+"
_SENTENCES_BEFORE: Final = re.compile(r".*(?:[!?…;]|\.(?=\s|\Z))", re.DOTALL)
_WORD: Final = re.compile(rf"(?<![^\W\d_]){_LETTERS}(?:'{_LETTERS})?(?![^\W\d_])")
_NUMBER_LEFT: Final = re.compile(r"\d[a-z%.]{0,4}\Z")
_NUMBER_RIGHT: Final = re.compile(r"[$€£]?\d|[A-Z]{1,3}\$?\d")
_APART_LEFT: Final = re.compile(r"(?:[ap]\.?m\.?|:\d\d|[$€£][\d.]+) \Z")
_APART_RIGHT: Final = re.compile(r" (?:[\d$€£]|US\$)")
_NEXT_WORD: Final = re.compile(rf"\.?\s{{0,3}}(?P<word>{_LETTERS})")


def words_before(text: str, at: int) -> list[str]:
    """The last few words before `at`, the nearest last; only those of the same sentence."""
    begin = max(0, at - _LOOK_BACK)
    earlier = _SENTENCES_BEFORE.match(text, begin, at)
    return _WORD.findall(text, earlier.end() if earlier else begin, at)[-_MOST_WORDS:]


def word_before(text: str, at: int) -> str:
    """The word right before `at`, with nothing but space between; empty where none is."""
    earlier = text[max(0, at - _LONGEST) : at].split()
    return earlier[-1] if earlier and earlier[-1].isalpha() else ""


def next_word(text: str, at: int) -> str:
    """The word that begins at `at`, or after a space; empty where none does."""
    found = _NEXT_WORD.match(text, at)
    return found["word"] if found else ""


def is_inside_word(text: str, at: int) -> bool:
    """Whether the character at `at` has a letter on either side."""
    return all(side.isalpha() for side in (text[max(0, at - 1) : at], text[at + 1 : at + 2]))


def stands_apart(text: str, start: int, end: int) -> bool:
    """Whether there is a space on either side."""
    return text[max(0, start - 1) : start] == " " == text[end : end + 1]


def joins_numbers(text: str, start: int, end: int) -> bool:
    """Whether a dash leads from one number to another, one of them with a sign or unit: 8am-5pm, $10 - $15."""
    left, right = text[max(0, start - 8) : start], text[end : end + 6]
    if _NUMBER_LEFT.search(left):
        return _NUMBER_RIGHT.match(right) is not None
    return _APART_LEFT.search(left) is not None and _APART_RIGHT.match(right) is not None


def is_between(text: str, start: int, end: int) -> bool:
    """Whether there is a letter or digit on both sides, with or without a space."""
    left, right = text[max(0, start - 2) : start].strip(), text[end : end + 2].strip()
    return left[-1:].isalnum() and right[:1].isalnum()
