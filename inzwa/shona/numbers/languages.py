"""Which functions and words read numbers in which language."""

from types import MappingProxyType
from typing import Final

from inzwa.shona.numbers import english_verbaliser, shona_verbaliser
from inzwa.shona.numbers.cardinals import cardinal

VERBALISE: Final = MappingProxyType({"sn": shona_verbaliser.verbalise, "en": english_verbaliser.verbalise})

DIGIT_WORDS: Final = MappingProxyType(
    {"sn": [cardinal(digit) for digit in range(10)], "en": [english_verbaliser.cardinal(digit) for digit in range(10)]}
)
"""The words for 0 to 9."""
