"""Reduces characters to plain ones, with a map back to where each was: the first step of the normaliser.

Latin letters are composed (NFC); wide, bold and circled forms become the plain ones (NFKC, Unicode Standard Annex 15);
the digits of every script become 0 to 9. Controls, marks of direction, emoji and letters that no Latin reader can
read become a space or nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from typing import Final

_PLAIN: Final = re.compile(r"[\n -~]++")
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_CLUSTER: Final = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]*+|[\u0300-\u036f]++", re.DOTALL)
"""A character with its accents."""

_PRESERVED: Final = frozenset("€£×÷±≈≤≥°–—…№−")
"""Symbols that are spoken or that mark a pause."""

_LETTERS: Final = "ß:ss æ:ae Æ:Ae œ:oe Œ:Oe ø:o Ø:O ł:l Ł:L đ:d Đ:D ı:i ð:d Ð:D þ:th Þ:Th"
_FRACTIONS: Final = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "²": "^2", "³": "^3"}
_SPELT: Final = {
    **dict.fromkeys("’ʼ‘ʻ`´′ꞌ＇", "'"),
    **dict.fromkeys("“”„«»‟", '"'),
    **dict.fromkeys("‐‑‒﹣－", "-"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("\t\r\v\f•·", " "),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    **dict(pair.split(":") for pair in _LETTERS.split()),
    **_FRACTIONS,
    "―": "—",
}
_SILENT: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Sk"))
"""Categories that leave nothing behind: controls, marks of direction, surrogates, unassigned, lone accents."""


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text in plain characters."""

    text: str
    origins: list[int] | None
    """The index in the original text of each character, and of the end; None where nothing moved."""

    def origin(self, at: int) -> int:
        """The index in the original text."""
        return at if self.origins is None else self.origins[at]


def fold(text: str) -> FoldedText:
    """The text in ASCII, composed Latin letters and a few symbols; no string is refused."""
    if _PLAIN.fullmatch(text):
        return FoldedText(text, None)
    clusters = _CLUSTER.findall(text) if _ACCENT.search(text) else list(text)
    folded = [_FOLDED[cluster] for cluster in clusters]
    starts = accumulate(map(len, clusters), initial=0)
    return FoldedText("".join(folded), [*chain.from_iterable(map(repeat, starts, map(len, folded))), len(text)])


class _Cache(dict[str, str]):
    """A character with its accents to what it folds to; fills with use, up to a bound."""

    def __missing__(self, cluster: str) -> str:
        folded = _fold_cluster(cluster)
        if len(self) < 4096 and len(cluster) < 4:
            self[cluster] = folded
        return folded


def _fold_cluster(cluster: str) -> str:
    if (spelt := _SPELT.get(cluster)) is not None:
        return spelt
    composed = unicodedata.normalize("NFKC", cluster[:8])
    return "".join(_fold_character(character) for character in composed)


def _fold_character(character: str) -> str:
    if _PLAIN.match(character) or character in _PRESERVED:
        return character
    if (spelt := _SPELT.get(character)) is not None:
        return spelt
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    if "\u00c0" <= character <= "\u024f" or "\u1e00" <= character <= "\u1eff":
        return character
    return "" if unicodedata.category(character) in _SILENT else " "


_FOLDED: Final = _Cache()
