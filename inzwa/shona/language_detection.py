"""Is a text Shona or English? By the shape of its words: Shona's end in a vowel and have no l, q, x."""

from typing import Final

from inzwa.shona import Language
from inzwa.shona.dialogue.backchannels import transcript_words
from inzwa.shona.phonology.orthography import is_shona

SHONA_SHARE: Final = 0.6
"""Of the words. Shona text as people write it has one word in ten that is not Shona-shaped; English has most of its
words so, but `a`, `to`, `we`, `go` and `banana` fit both."""


def detect_language(text: str, otherwise: Language = "sn") -> Language:
    """`sn` or `en`; `otherwise` for a text without words."""
    words = transcript_words(text)
    if not words:
        return otherwise
    return "sn" if sum(map(is_shona, words)) >= SHONA_SHARE * len(words) else "en"
