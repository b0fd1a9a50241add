"""An MMS-TTS voice is given letters as it was trained on them."""

import pytest

from inzwa.engines.tts.text.mms import MmsFrontend
from inzwa.errors import EngineError

CONFIG = {"sampling_rate": 16_000, "noise_scale": 0.667, "noise_scale_duration": 0.8, "speaking_rate": 2.0}
VOCAB = {"k": 0, "a": 1, "d": 2, "i": 3, "m": 4, "n": 5, "'": 6, " ": 7, "–": 8, "<unk>": 9}


def ids(text, **tokenizer):
    return MmsFrontend(CONFIG, VOCAB, tokenizer).ids(text)[0].tolist()


def test_letters_are_lower_cased_and_stand_between_blanks_which_are_a_letter():
    assert ids("Dima") == [0, 2, 0, 3, 0, 4, 0, 1, 0]


def test_a_voice_without_blanks_gets_none():
    assert ids("ka", add_blank=False) == [0, 1]


def test_what_the_voice_does_not_know_is_left_out_and_spaces_become_one():
    assert ids("  xi, \n n’a?!", add_blank=False) == [3, 7, 5, 6, 1]


def test_a_capital_that_the_voice_knows_is_kept():
    assert MmsFrontend(CONFIG, {"a": 0, "A": 1}, {"add_blank": False}).ids("Aa")[0].tolist() == [1, 0]


@pytest.mark.parametrize("text", ["", " ", "...", "'", "3 – 4", "xyz", "😀"])
def test_a_text_without_a_letter_that_is_known_gives_nothing(text):
    assert ids(text) == []


def test_rate_and_pace_are_the_configs():
    config = MmsFrontend(CONFIG, VOCAB, {}).config
    assert config.sample_rate == 16_000
    assert (config.synthesis.noise_scale, config.synthesis.length_scale, config.synthesis.noise_w) == (0.667, 0.5, 0.8)
    assert not config.speakers


@pytest.mark.parametrize("wish", ["phonemize", "is_uroman"])
def test_a_voice_that_wants_another_spelling_is_refused(wish):
    with pytest.raises(EngineError, match=wish):
        MmsFrontend(CONFIG, VOCAB, {wish: True})
