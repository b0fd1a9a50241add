"""Who reads figures in which language, and what is spelt out with their help: addresses. Pure; finds nothing itself."""

import re
from types import MappingProxyType
from typing import Final

from inzwa.shona.normalise.words import Language, spelled
from inzwa.shona.numbers import english_figures, shona_figures
from inzwa.shona.numbers.cardinals import cardinal
from inzwa.shona.numbers.figures import FIGURE, Context

READ_FIGURE: Final = MappingProxyType({"sn": shona_figures.read_figure, "en": english_figures.read_figure})
FIGURE_WORDS: Final = MappingProxyType(
    {
        "sn": [cardinal(figure) for figure in range(10)],
        "en": [english_figures.cardinal(figure) for figure in range(10)],
    }
)
"""The words for 0 to 9."""

_PIECE: Final = re.compile(r"[A-Za-z]++|\d++|[._+-]")
_DOT: Final = MappingProxyType({"sn": "dhoti", "en": "dot"})


def spelt_out(address: str, language: Language) -> str:
    """An address by its words and figures: inzwa dhoti co dhoti zw."""
    return " ".join(_said(piece, language) for piece in _PIECE.findall(address) if piece not in "_+-")


def _said(piece: str, language: Language) -> str:
    if piece.isdigit():
        return READ_FIGURE[language](FIGURE.match(piece), Context((), ""))
    if piece == ".":
        return _DOT[language]
    return piece if len(piece) > 1 else spelled(piece, language)
