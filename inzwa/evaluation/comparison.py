"""Normalisation of texts before errors are counted.

Writers of Shona differ in ways that mean nothing, so a text is reduced first: lower case, composed characters (NFC),
one apostrophe, ng' written n', and everything but letters, figures and the apostrophes inside words a space. Figures
stay figures: "25" is not "makumi maviri nemashanu".
"""

import re
from types import MappingProxyType
from typing import Final

from inzwa.shona.phonology.orthography import normalise_spelling

_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

SPELLINGS: Final = MappingProxyType(
    {
        "nokuti": "nekuti",
        "upenyu": "hupenyu",
        "utano": "hutano",
        "mawoko": "maoko",
        "mwoyo": "moyo",
        "churu": "chiuru",
        "zvuru": "zviuru",
        "vhudzi": "bvudzi",
        "ruwara": "ruvara",
        "girinhi": "girini",
        "umwe": "mumwe",
    }
)
"""Words with two accepted spellings, to the one that newspapers use more."""

_ALL: Final = re.compile(r"((?:bw|ch|dz|h|kw|k|m|p|r|rw|sv|t|tw|v|w|y|zv))ese")
"""vese, zvese, dzese and their like: the word for "all", which is also spelt -ose."""


def compared(text: str, *, fold: bool = False) -> str:
    """The text's words, one space between; `fold` gives words with two spellings one of them."""
    return " ".join(compared_words(text, fold=fold))


def compared_words(text: str, *, fold: bool = False) -> list[str]:
    """The same as a list."""
    words = _WORD.findall(normalise_spelling(text.lower()))
    return [_folded(word) for word in words] if fold else words


def _folded(word: str) -> str:
    if alike := _ALL.fullmatch(word):
        return f"{alike[1]}ose"
    return SPELLINGS.get(word, word)
