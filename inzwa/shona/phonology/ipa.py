"""Shona spelling to the International Phonetic Alphabet (IPA): words, syllables and stress.

    ipa("Mangwanani, n'anga!")  ->  "maᵑɡwaˈnani, ˈŋaᵑɡa!"

Stress falls on the last syllable but one. Tone is not written, so it is not read. Words that are not shaped like
Shona go to foreign_words.py; the Shona prefix of a mixed word (muZimbabwe, reZANU) is split off first.
"""

import re
from functools import lru_cache
from typing import Final

from inzwa.shona.phonology.foreign_words import foreign_ipa, stressed
from inzwa.shona.phonology.graphemes import SHONA_WORD, SOUNDS, SYLLABLE, VELARISED_SOUNDS
from inzwa.shona.phonology.orthography import ascii_letters, normalise_spelling

_CACHED_LETTERS: Final = 48
"""Longer words are not cached, so that a hostile text cannot fill the memory."""

_TOKEN: Final = re.compile(r"[^\W\d_]++(?:'[^\W\d_]++)*+|[.,;:!?…]")
_MIXED: Final = re.compile(r"(?P<prefix>[A-Z]?[a-z]++)(?P<rest>[A-Z].*)")
_SPELT: Final = str.maketrans({"…": "."})
_SPACE_BEFORE_MARK: Final = re.compile(r" (?=[.,;:!?])")


def word_ipa(word: str, *, velarise: bool = False) -> str:
    """One word in IPA, the mark before the stressed syllable. Never raises; a word without letters gives an empty text.

    `velarise` reads sw, tw, zw, pw, tsw and mbw with a velar stop, as Zezuru speakers may.
    """
    return _read_cached(word, velarise) if len(word) <= _CACHED_LETTERS else _read_word(word, velarise)


def ipa(text: str, *, velarise: bool = False) -> str:
    """A text in IPA: words one space apart, punctuation marks kept, everything else (digits too) left out."""
    read = (_mark_or_word(token, velarise) for token in _TOKEN.findall(normalise_spelling(text)))
    return _SPACE_BEFORE_MARK.sub("", " ".join(sound for sound in read if sound))


def _mark_or_word(token: str, velarise: bool) -> str:
    return word_ipa(token, velarise=velarise) if token[0].isalpha() else token.translate(_SPELT)


def _read_word(word: str, velarise: bool) -> str:
    letters = ascii_letters(word)
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
