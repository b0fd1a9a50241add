"""How Shona is spelled: apostrophes made one, accents taken off, and which words are shaped like Shona."""

import re
import unicodedata
from typing import Final

from inzwa.shona.phonology.graphemes import SHONA_WORD

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’ʼ‘ʻ`´′ꞌ＇", "'"))
_NG: Final = re.compile("(?<=n)g(?=')", re.IGNORECASE)
_STRAY_APOSTROPHE: Final = re.compile("(?<![nN])'")


def normalise_spelling(text: str) -> str:
    """The text composed (NFC), its apostrophes U+0027, the older `ng'` spelled `n'`."""
    text = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    return _NG.sub("", text) if "'" in text else text


def is_shona(word: str) -> bool:
    """Whether the word is shaped like Shona: open syllables of known graphemes. So is some English, by chance."""
    return SHONA_WORD.fullmatch(ascii_letters(word).lower()) is not None


def ascii_letters(word: str) -> str:
    """ASCII letters and the apostrophes of `n'`; accents are taken off, other letters dropped."""
    if word.isascii() and word.isalpha():
        return word
    decomposed = unicodedata.normalize("NFKD", normalise_spelling(word)).encode("ascii", "ignore").decode()
    letters = "".join(letter for letter in decomposed if letter.isalpha() or letter == "'")
    return _STRAY_APOSTROPHE.sub("", letters)
