"""Bounds the work that a hostile text can cause: read token by token while within a budget, else plainly.

A text of nothing but symbols costs a hundred times as much as prose. So each token has a price in characters, and each
character earns one; once FULL more has been spent than was earned, the next STRETCH is read plainly: words as they
stand, digits one by one, marks as pauses, and nothing for symbols. Nothing written in words or digits is lost. A text
of up to 130 tokens of any kind, and news of any length, is read token by token to its end.
"""

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

FULL: Final = 8_000
"""Characters that may be spent beyond what was earned: 130 numbers on end."""

_PRICES: Final = MappingProxyType(
    {"space": 2, "mark": 6, "prose": 4, "word": 8, "symbol": 12, "markup": 12, "capitals": 24, "letters": 24}
)
"""Characters a token, by its kind; news costs 0.5 a character, short greetings and news of numbers alone 0.9."""
_OTHER_PRICE: Final = 60

STRETCH: Final = 512
"""Characters that are read plainly, to the end of the last word, before the next token is tried."""

_NO_LETTER: Final = re.compile(r"[\W\d_]")


class ReadingBudget:
    """What is left to spend on one text."""

    def __init__(self) -> None:
        self._left = FULL

    def spend(self, kind: str, length: int) -> bool:
        """Pay for a token of this kind and of so many characters; whether the next may be read too."""
        self._left = min(FULL, self._left + length - _PRICES.get(kind, _OTHER_PRICE))
        return self._left >= 0

    def plain_end(self, text: str, at: int) -> int:
        """The end of the stretch that is read plainly from `at` on; it earns a third of its characters."""
        end = _NO_LETTER.search(text, at + STRETCH)
        end_at = end.start() if end else len(text)
        self._left = min(FULL, self._left + (end_at - at) // 3)
        return end_at


_PLAIN: Final = str.maketrans(
    {sign: " " for sign in [*map(chr, range(128)), *"€£×÷±≈≤≥°–—№−"] if not sign.isalnum()}
    | dict.fromkeys(",;:", ",")
    | dict.fromkeys(".!?…", ".")
    | {"'": "'"}
)
_WEAK_PAUSE: Final = re.compile(r" ?,[ ,]*+")
_STRONG_PAUSE: Final = re.compile(r",? ?\.[ .,]*+")
_LOOSE_APOSTROPHE: Final = re.compile(r"(?<![^\W\d_])'++|'++(?![^\W\d_])")


def read_plainly(text: str, digit_words: Sequence[str]) -> str:
    """A folded text in words and pauses, `digit_words` being the words for 0 to 9; may be empty."""
    if "'" in text:
        text = _LOOSE_APOSTROPHE.sub("", text)
    words = " ".join(text.translate(_PLAIN).split())
    for digit, word in enumerate(digit_words):
        words = words.replace(str(digit), f" {word} ")
    words = _WEAK_PAUSE.sub(", ", words) if "," in words else words
    words = _STRONG_PAUSE.sub(". ", words) if "." in words else words
    return " ".join(words.split()).lstrip("., ")
