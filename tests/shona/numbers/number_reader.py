"""Shona number words back to the number: the inverse of cardinals.cardinal in every class.

It accepts a little more than cardinal writes, as people do: na- for ne-, churu and zvuru for chiuru and zviuru, chete
after the one, and a space after the link.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from inzwa.shona.numbers.cardinals import HUNDRED, HUNDREDS, PAIRED_CLASS, SCALES, TEN, TENS, ZERO, Scale
from inzwa.shona.numbers.concords import AGREEMENTS

_SPELT: Final = MappingProxyType({"churu": "chiuru", "zvuru": "zviuru", "izana": "zana"})
_UNITS: Final = MappingProxyType(
    {word: value for agreement in AGREEMENTS.values() for value, word in enumerate(agreement.units, 1)}
)
_OWN_UNITS: Final = MappingProxyType(
    {
        noun_class: {word: value for value, word in enumerate(AGREEMENTS[noun_class].units, 1)}
        for noun_class in {scale.noun_class for scale in SCALES}
    }
)
_HAVING: Final = re.compile("(?:zvi|chi|va|ri|dzi|i|a)ne")
_KNOWN: Final = frozenset(
    [*_UNITS, TEN, TENS, HUNDRED, HUNDREDS, *(scale.many for scale in SCALES), *(s.one.split()[0] for s in SCALES)]
)
_ONES: Final = MappingProxyType({scale.noun_class: AGREEMENTS[scale.noun_class].units[0] for scale in SCALES})
"""What one of a scale may be called: chiuru chimwe, bhiriyoni rimwe."""
_ONLY: Final = ("chete", "choga", "bedzi")
_NONE: Final = ""
_LINKS: Final = ("ne", "having")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    link: str
    """What links it to the word before: ne, having, or nothing."""


def read_cardinal(text: str) -> int:
    """The number that these words name; ValueError where they name none."""
    if text.strip() == ZERO:
        return 0
    reader = _Reader(_words(text))
    number = reader.number()
    if not number or reader.left():
        raise ValueError(f"{text!r} is no number")
    return number


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    link = _NONE
    for at, written in enumerate(text.lower().split()):
        word = _read_word(written, bool(at))
        if word.text:
            words.append(_Word(word.text, link) if link else word)
        link = _NONE if word.text else word.link or link
    return words


@lru_cache(maxsize=1024)
def _read_word(written: str, may_be_linked: bool) -> _Word:
    """A word without its link; a link by itself, or chete, has no text."""
    word = _SPELT.get(written, written)
    if word in _KNOWN:
        return _Word(word, _NONE)
    if word == "ne" or (may_be_linked and _HAVING.fullmatch(word)):
        return _Word("", "ne" if word == "ne" else "having")
    rest = _SPELT.get(word[2:], word[2:])
    if may_be_linked and word[:2] in ("ne", "na") and rest in _KNOWN:
        return _Word(rest, "ne")
    for only in _ONLY:
        word = word.removesuffix(only)
    return _Word(word, _NONE)


class _Reader:
    """Reads words from left to right; each scale takes all that agrees with it."""

    def __init__(self, words: list[_Word]) -> None:
        self._words, self._at = words, 0

    def left(self) -> bool:
        return self._at < len(self._words)

    def number(self) -> int:
        """Scales from the largest down, then what is below a thousand, each at most once."""
        total = 0
        for scale in SCALES:
            total += scale.size * self._scaled(scale, first=not total)
        if self._linked(_LINKS if total else (_NONE,)):
            total += self._below_thousand(_UNITS, _LINKS)
        return total

    def _scaled(self, scale: Scale, *, first: bool) -> int:
        """How many of the scale come next."""
        if not self._linked((_NONE,) if first else _LINKS):
            return 0
        one, *unit = scale.one.split()
        if self._take(one):
            if self._linked((_NONE,)):
                self._take(*unit, _ONES[scale.noun_class])
            return 1
        if not self._take(scale.many):
            return 0
        return self._below_thousand(_OWN_UNITS[scale.noun_class])

    def _below_thousand(self, units: Mapping[str, int], links: tuple[str, ...] = ("ne",)) -> int:
        """Hundreds, tens and a unit, whichever are there. A unit that is not of `units` counts where more follows it.

        People write zviuru makumi matatu nemashanu nemakumi ..., which can only be 35,000.
        """
        begin, total = self._at, 0
        for size, one, many in ((100, HUNDRED, HUNDREDS), (10, TEN, TENS)):
            if begin == self._at or self._linked(links):
                total += size * self._times(one, many)
        if not self.left() or not (begin == self._at or self._linked(links)):
            return total
        unit = units.get(self._text(), 0) or (_UNITS.get(self._text(), 0) if self._at + 1 < len(self._words) else 0)
        self._at += unit > 0
        return total + unit

    def _times(self, one: str, many: str) -> int:
        if self._take(one):
            return 1
        following = self._words[self._at + 1 : self._at + 2]
        count = _OWN_UNITS[PAIRED_CLASS].get(following[0].text, 0) if following else 0
        if not count or following[0].link or not self._take(many):
            return 0
        self._at += 1
        return count

    def _text(self) -> str:
        return self._words[self._at].text

    def _linked(self, links: tuple[str, ...]) -> bool:
        return self.left() and self._words[self._at].link in links

    def _take(self, *texts: str) -> bool:
        found = self.left() and self._text() in texts
        self._at += found
        return found
