"""Shona's sounds in the symbols of a voice that was trained on another language.

A voice can say only what it was trained on: a symbol that its language never used has an untrained vector, and comes
out as noise. So each sound of Shona takes the nearest that the voice has heard often. The vowels, r, v, the whistled
sounds and the lengths were chosen by what a recogniser made of them (benchmarks/voice_cer.py), the rest by their place
of articulation. No native speaker has judged any of it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from inzwa.errors import EngineError

_ENGLISH: Final = {  # long vowels, stressed or not: short unstressed ones were recognised worse
    "a": "ɑː",
    "e": "eɪ",
    "i": "iː",
    "o": "oʊ",
    "u": "uː",
    "ɓ": "b",
    "b̤": "b",
    "b͡v": "bv",
    "ɗ": "d",
    "d̤": "d",
    "d͡ʒ": "dʒ",
    "d͡ʒɡ": "dʒ",
    "d͡z": "dz",
    "d͡z̤ᵝ": "dzv",
    "t͡ʃ": "tʃ",
    "t͡ʃk": "tʃ",
    "t͡s": "ts",
    "t͡sᶲ": "tsv",
    "p͡f": "pf",
    "sᶲ": "sv",
    "z̤ᵝ": "zv",
    "ɦ": "h",
    "m̤": "m",
    "n̤": "n",
    "v̤": "v",
    "ʋ": "v",
    "ɲ": "nj",
    "r": "ɹ",
    "ᵐ": "m",
    "ᶬ": "m",
    "ⁿ": "n",
    "ᵑ": "ŋ",
}

_DIPHTHONGS: Final = ("aɪ", "aʊ", "eɪ", "oʊ", "ɔɪ", "iː", "uː", "ɑː", "ɔː", "ɜː")
"""English sounds that begin with a letter which means a vowel of Shona by itself."""

_VOWEL: Final = re.compile("[aeiouæɐɑɒɔəɚɛɜɪʊʌ]")
_STRESS: Final = re.compile(rf"(ˈ)([^\sˈ]*?)({_VOWEL.pattern})")


class Accent:
    """How one language's voice says Shona's IPA. Immutable."""

    def __init__(self, mapping: Mapping[str, str], *, stretch: float) -> None:
        self._mapping = mapping
        self.stretch = stretch
        """How much longer each symbol lasts than in the voice's own language."""
        sounds = sorted((*mapping, *_DIPHTHONGS), key=len, reverse=True)
        self._sound = re.compile("|".join(map(re.escape, sounds)))

    def symbols(self, ipa: str) -> str:
        """The IPA of orthography in the voice's symbols; the stress moves to the vowel, where espeak puts it."""
        symbols = self._sound.sub(lambda found: self._mapping.get(found[0], found[0]), ipa)
        return _STRESS.sub(r"\2\1\3", symbols).replace("͡", "")


_ACCENTS: Final = MappingProxyType({"en": Accent(_ENGLISH, stretch=1.15)})
"""Language to accent."""


def accent_for(language: str) -> Accent:
    """The accent of a voice trained on `language` (en). EngineError where none was worked out."""
    try:
        return _ACCENTS[language]
    except KeyError:
        raise EngineError("tts", f"No accent was worked out for a voice that speaks {language!r}.") from None
