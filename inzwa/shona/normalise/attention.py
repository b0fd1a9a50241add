"""How closely a text is read: piece by piece as long as it reads like writing, else plainly. Pure; knows no word.

A text of nothing but signs costs a reader a hundred times as much as prose. So each piece has a price in characters,
and each character read earns one; who has spent FULL more than was earned reads the next STRETCH plainly: words as
they stand, figures one by one, marks as pauses, and nothing for signs. Nothing written in words or figures is lost.
A text of up to 130 pieces of any kind, and news of any length, is read closely to its end.
"""

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

FULL: Final = 8_000
"""Characters. What a reader may be ahead: 130 figures on end."""

_PRICES: Final = MappingProxyType(
    {"space": 2, "mark": 6, "prose": 4, "word": 8, "sign": 12, "markup": 12, "capitals": 24, "letters": 24}
)
"""Characters a piece, by its kind; news pays 0.5 a character, short greetings and news of figures alone 0.9."""
_DEAR: Final = 60

STRETCH: Final = 512
"""Characters that are read plainly before it is tried again to read closely."""

_STRETCH: Final = re.compile(rf".{{1,{STRETCH}}}+[^\W\d_]*+", re.DOTALL)
"""No word is cut."""


class Attention:
    """What a reader has left to spend on one text."""

    def __init__(self) -> None:
        self._left = FULL

    def pays(self, kind: str, length: int) -> bool:
        """Whether reading may go on closely after a piece of this kind and of so many characters."""
        self._left = min(FULL, self._left + length - _PRICES.get(kind, _DEAR))
        return self._left >= 0

    def rest(self, text: str, at: int) -> int:
        """Where the stretch ends that begins at `at` and is read plainly."""
        end = _STRETCH.match(text, at).end()
        self._left = min(FULL, self._left + (end - at) // 3)
        return end


_PLAIN: Final = str.maketrans(
    {sign: " " for sign in [*map(chr, range(128)), *"€£×÷±≈≤≥°–—№−"] if not sign.isalnum()}
    | dict.fromkeys(",;:", ",")
    | dict.fromkeys(".!?…", ".")
    | {"'": "'"}
)
_WEAK_PAUSE: Final = re.compile(r" ?,[ ,]*+")
_STRONG_PAUSE: Final = re.compile(r",? ?\.[ .,]*+")
_LOOSE_APOSTROPHE: Final = re.compile(r"(?<![^\W\d_])'++|'++(?![^\W\d_])")


def plainly(text: str, figures: Sequence[str]) -> str:
    """A folded text in words and pauses, `figures` being the words for 0 to 9; empty where nothing is to be said."""
    if "'" in text:
        text = _LOOSE_APOSTROPHE.sub("", text)
    said = " ".join(text.translate(_PLAIN).split())
    for figure, word in enumerate(figures):
        said = said.replace(str(figure), f" {word} ")
    said = _WEAK_PAUSE.sub(", ", said) if "," in said else said
    said = _STRONG_PAUSE.sub(". ", said) if "." in said else said
    return " ".join(said.split()).lstrip("., ")
