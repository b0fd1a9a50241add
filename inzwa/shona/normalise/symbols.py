"""What is spoken for a symbol, depending on what is around it: 8am-5pm, ehe/kwete, HIV/AIDS, 2+2."""

from types import MappingProxyType
from typing import Final

from inzwa.shona import Language
from inzwa.shona.data import translations
from inzwa.shona.normalise.context import is_between, is_inside_word, joins_numbers

_OR: Final = MappingProxyType({"sn": "kana", "en": "or"})
_TO: Final = MappingProxyType({"sn": "kusvika", "en": "to"})


def symbol_name(symbol: str, language: Language) -> str:
    """The words for one symbol; empty for one that has none."""
    return translations("symbols.tsv", language).get(symbol, "")


def symbol_words(text: str, start: int, end: int, language: Language) -> str:
    """The words for the symbol, repeated or not, from `start` to `end`; empty where it is silent."""
    symbol, alone = text[start], end == start + 1
    if symbol == "/" and alone and is_inside_word(text, start):
        return _OR[language] if text[start - 1].islower() else ""
    if symbol in "-–" and alone and joins_numbers(text, start, end):
        return _TO[language]
    if not (alone or symbol in "%&") or (symbol in "+=@" and not is_between(text, start, end)):
        return ""
    return symbol_name(symbol, language)


def is_hyphen(text: str, start: int, end: int) -> bool:
    """Whether it stays as it is, inside a word in lower case: akasiyana-siyana, not MDC-T."""
    return text[start:end] == "-" and is_inside_word(text, start) and text[start - 1].islower()
