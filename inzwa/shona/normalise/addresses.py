"""How a web or mail address is spoken: by its words, letters and digits."""

import re
from types import MappingProxyType
from typing import Final

from inzwa.shona import Language
from inzwa.shona.normalise.abbreviations import spelled
from inzwa.shona.numbers.concords import Context
from inzwa.shona.numbers.languages import VERBALISE
from inzwa.shona.numbers.written_numbers import WRITTEN_NUMBER, WrittenNumber

_PIECE: Final = re.compile(r"[A-Za-z]++|\d++|[._+-]")
_DOT: Final = MappingProxyType({"sn": "dhoti", "en": "dot"})


def spoken_address(address: str, language: Language) -> str:
    """inzwa.co.zw is inzwa dhoti co dhoti zw."""
    return " ".join(_spoken_piece(piece, language) for piece in _PIECE.findall(address) if piece not in "_+-")


def _spoken_piece(piece: str, language: Language) -> str:
    if found := WRITTEN_NUMBER.match(piece):
        return VERBALISE[language](WrittenNumber(found, Context((), "")))
    if piece == ".":
        return _DOT[language]
    return piece if len(piece) > 1 else spelled(piece, language)
