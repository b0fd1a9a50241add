"""What each Shona spelling sounds like: the table of graphemes.tsv, and the shape of a Shona word.

A Shona word is a string of open syllables: an onset (none, or one grapheme, perhaps with `w`) and one vowel. That is
all the grammar needed to tell Shona from the English inside it.
"""

import re
from dataclasses import dataclass
from typing import Final

from inzwa.shona.data import rows

VOWELS: Final = "aeiou"


@dataclass(frozen=True, slots=True)
class Grapheme:
    """One row of the table."""

    spelling: str
    ipa: str
    velarised: str
    """The sound where `sw`, `tw`, `zw` and their like carry a velar stop; the same as `ipa` for most rows."""
    example: str
    sources: tuple[str, ...]
    """Keys of the list at the head of graphemes.tsv."""


GRAPHEMES: Final = {
    spelling: Grapheme(spelling, ipa, velarised or ipa, example, tuple(sources.split()))
    for spelling, ipa, velarised, example, sources in rows("graphemes.tsv")
}
"""Spelling to row. The apostrophe of `n'` is U+0027."""


def longest_first(spellings: list[str]) -> str:
    """A regex alternation that finds the longest of `spellings`."""
    return "|".join(re.escape(spelling) for spelling in sorted(spellings, key=len, reverse=True))


_ONSETS: Final = longest_first([spelling for spelling in GRAPHEMES if spelling not in VOWELS])
_SYLLABLE: Final = f"(?:(?:{_ONSETS})w?)?[{VOWELS}]"

SHONA_WORD: Final = re.compile(f"(?:{_SYLLABLE})++")
SYLLABLE: Final = re.compile(_SYLLABLE)
GRAPHEME: Final = re.compile(longest_first(list(GRAPHEMES)))


class _SyllableSounds(dict[str, str]):
    """Shona syllable to IPA; a cache that fills with use and stays small, since there are some hundred syllables."""

    def __init__(self, column: str) -> None:
        super().__init__()
        self._sounds = {spelling: getattr(row, column) for spelling, row in GRAPHEMES.items()}

    def __missing__(self, syllable: str) -> str:
        self[syllable] = GRAPHEME.sub(lambda found: self._sounds[found[0]], syllable)
        return self[syllable]


SOUNDS: Final = _SyllableSounds("ipa")
VELARISED_SOUNDS: Final = _SyllableSounds("velarised")
