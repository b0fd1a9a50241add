"""Shona spelling to standard IPA: words, syllables and stress. Pure; knows no voice, no number and no abbreviation.

    ipa("Mangwanani, n'anga!")  ->  "maᵑɡwaˈnani, ˈŋaᵑɡa!"

Stress falls on the last syllable but one. Tone is not written, so it is not read. Words that are not shaped like
Shona go to loans.py; the Shona prefix of a mixed word (muZimbabwe, reZANU) is split off first.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from inzwa.shona.normalise.loans import foreign_ipa, stressed
from inzwa.shona.phonology.graphemes import SHONA_WORD, SOUNDS, SYLLABLE, VELARISED_SOUNDS

_CACHED_LETTERS: Final = 48
"""Longer words are read afresh each time, so that a hostile text cannot fill the cache with its monsters."""

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’ʼ‘ʻ`´′ꞌ＇", "'"))
_NG: Final = re.compile("(?<=n)g(?=')", re.IGNORECASE)
_STRAY_APOSTROPHE: Final = re.compile("(?<![nN])'")
_TOKEN: Final = re.compile(r"[^\W\d_]++(?:'[^\W\d_]++)*+|[.,;:!?…]")
_MIXED: Final = re.compile(r"(?P<prefix>[A-Z]?[a-z]++)(?P<rest>[A-Z].*)")
_SPELT: Final = str.maketrans({"…": "."})
_SPACE_BEFORE_MARK: Final = re.compile(r" (?=[.,;:!?])")


def plain(text: str) -> str:
    """The text composed (NFC), its apostrophes one character, `ng'` spelled `n'`: what every reader here expects."""
    text = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    return _NG.sub("", text) if "'" in text else text


def is_shona(word: str) -> bool:
    """Whether the word is shaped like Shona: open syllables of known graphemes. So is some English, by chance."""
    return SHONA_WORD.fullmatch(_letters(word).lower()) is not None


def syllables(word: str) -> tuple[str, ...]:
    """The open syllables of a Shona word, as spelled; ValueError for any other word."""
    letters = _letters(word).lower()
    if not SHONA_WORD.fullmatch(letters):
        raise ValueError(f"{word!r} is not shaped like a Shona word")
    return tuple(SYLLABLE.findall(letters))


def word_ipa(word: str, *, velarise: bool = False) -> str:
    """One word in IPA, the mark before the stressed syllable. Never raises; what has no letters gives an empty text.

    `velarise` reads sw, tw, zw, pw, tsw and mbw with a velar stop, as Zezuru speakers may.
    """
    return _read_cached(word, velarise) if len(word) <= _CACHED_LETTERS else _read_word(word, velarise)


def ipa(text: str, *, velarise: bool = False) -> str:
    """A text in IPA: words apart by one space, marks of punctuation kept, everything else (digits too) passed over."""
    read = (_mark_or_word(token, velarise) for token in _TOKEN.findall(plain(text)))
    return _SPACE_BEFORE_MARK.sub("", " ".join(sound for sound in read if sound))


def _mark_or_word(token: str, velarise: bool) -> str:
    return word_ipa(token, velarise=velarise) if token[0].isalpha() else token.translate(_SPELT)


def _letters(word: str) -> str:
    """ASCII letters and the apostrophes of `n'`; accents are taken off, other letters dropped."""
    if word.isascii() and word.isalpha():
        return word
    decomposed = unicodedata.normalize("NFKD", plain(word)).encode("ascii", "ignore").decode()
    letters = "".join(letter for letter in decomposed if letter.isalpha() or letter == "'")
    return _STRAY_APOSTROPHE.sub("", letters)


def _read_word(word: str, velarise: bool) -> str:
    letters = _letters(word)
    if sound := _read_shona(letters, velarise):
        return sound
    if (mixed := _MIXED.fullmatch(letters)) and (prefix := _read_shona(mixed["prefix"], velarise)):
        rest = mixed["rest"]
        return prefix.replace("ˈ", "") + (_read_shona(rest, velarise) or foreign_ipa(rest.lower()))
    return foreign_ipa(letters.lower())


_read_cached = lru_cache(maxsize=16_384)(_read_word)


def _read_shona(letters: str, velarise: bool) -> str:
    """Empty where the letters do not make a Shona word."""
    letters = letters.lower()
    if not SHONA_WORD.fullmatch(letters):
        return ""
    sounds = VELARISED_SOUNDS if velarise else SOUNDS
    return stressed([sounds[syllable] for syllable in SYLLABLE.findall(letters)])
