"""Shona and English told apart by the shape of their words."""

import pytest

from inzwa.shona.language_detection import detect_language


@pytest.mark.parametrize(
    "text",
    [
        "Mhoroi, makadii?",
        "Ndine makore makumi maviri nemashanu.",
        "Ndinogara kuHarare, ndiri mudzidzisi.",
        "Guta guru reZimbabwe iHarare.",
        "Hurumende yaumba komiti ichaona kuti Zimbabwe yabhadhara zvikwereti.",
        "VaMnangagwa vakaenda kuLondon musi we31.",
    ],
)
def test_shona_is_shona(text):
    assert detect_language(text) == "sn"


@pytest.mark.parametrize(
    "text",
    [
        "Good morning.",
        "It is 25 degrees in the shade today.",
        "The rain will come tomorrow, and we go to the market.",
        "I am sorry, I cannot help with that.",
    ],
)
def test_english_is_english(text):
    assert detect_language(text) == "en"


@pytest.mark.parametrize("otherwise", ["sn", "en"])
def test_a_text_without_words_gives_the_default(otherwise):
    assert detect_language("25 %", otherwise) == otherwise
