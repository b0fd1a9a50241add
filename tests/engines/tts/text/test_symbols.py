"""What a voice of another language is given to say."""

import pytest

from inzwa.engines.tts.text.symbols import accent_for
from inzwa.errors import EngineError
from inzwa.shona.phonology.graphemes import GRAPHEMES
from inzwa.shona.phonology.ipa import ipa

ENGLISH = accent_for("en")
HEARD_BY_AN_ENGLISH_VOICE = set("aɪʊoeɔuiɑɛæʌəɚɜː bdfhjklmnpstvwzðŋɡɹɾʃʒθtdʒˈˌ.,?!;:ᵻɐ")


def test_every_sound_of_shona_is_said_in_symbols_that_english_trained():
    said = "".join(ENGLISH.symbols(ipa(row.example)) for row in GRAPHEMES.values())
    assert set(said) <= HEARD_BY_AN_ENGLISH_VOICE


def test_foreign_words_are_said_in_symbols_that_english_trained():
    words = (
        "the church quick brown fox jumps over lazy dog voice app_state boy day year nurse measure think language MDC"
    )
    assert set(ENGLISH.symbols(ipa(words))) <= HEARD_BY_AN_ENGLISH_VOICE


def test_the_mark_of_stress_stands_before_the_vowel():
    assert ENGLISH.symbols("maᵑɡwaˈnani").count("ˈ") == 1
    assert "nˈ" in ENGLISH.symbols("maᵑɡwaˈnani")


def test_marks_of_punctuation_are_kept():
    assert ENGLISH.symbols("a, a?").endswith("?")


def test_a_language_without_an_accent_is_refused():
    with pytest.raises(EngineError, match="'tn'"):
        accent_for("tn")
