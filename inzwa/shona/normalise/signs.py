"""What is said for a sign, by what stands around it: 8am-5pm, ehe/kwete, HIV/AIDS, 2+2. Pure; knows no figure."""

from types import MappingProxyType
from typing import Final

from inzwa.shona.normalise.context import is_between, is_inside_word, joins_figures
from inzwa.shona.normalise.words import Language, symbols

_OR: Final = MappingProxyType({"sn": "kana", "en": "or"})
_TO: Final = MappingProxyType({"sn": "kusvika", "en": "to"})


def sign_words(text: str, start: int, end: int, language: Language) -> str:
    """The words for the sign, repeated or not, from `start` to `end`; empty where nothing is said."""
    one, alone = text[start], end == start + 1
    if one == "/" and alone and is_inside_word(text, start):
        return _OR[language] if _follows_small(text, start) else ""
    if one in "-–" and alone and joins_figures(text, start, end):
        return _TO[language]
    if not (alone or one in "%&") or (one in "+=@" and not is_between(text, start, end)):
        return ""
    return symbols(language).get(one, "")


def is_hyphen(text: str, start: int, end: int) -> bool:
    """Whether it stays as it is, inside a word in small letters: akasiyana-siyana, not MDC-T."""
    return text[start:end] == "-" and is_inside_word(text, start) and _follows_small(text, start)


def _follows_small(text: str, start: int) -> bool:
    return text[start - 1].islower()
