"""A Coqui voice is given the characters of its config.json. Expected ids are those of coqui-tts 0.28 itself."""

import pytest

from inzwa.engines.tts.text.coqui import CoquiFrontend, symbol_list
from inzwa.errors import EngineError

CHARACTERS = {
    "characters_class": "TTS.tts.models.vits.VitsCharacters",
    "pad": "_",
    "eos": None,
    "bos": None,
    "blank": "<BLNK>",
    "characters": "abcdefghijklmnopqrstuvwxyz'",
    "punctuations": "!?., ",
    "phonemes": None,
    "is_unique": False,
    "is_sorted": True,
}
CONFIG = {
    "model": "vits",
    "use_phonemes": False,
    "phoneme_language": None,
    "add_blank": True,
    "enable_eos_bos_chars": False,
    "characters": CHARACTERS,
    "audio": {"sample_rate": 22_050},
    "model_args": {"inference_noise_scale": 0.5, "inference_noise_scale_dp": 0.9, "length_scale": 1.25},
}
GRAPHEMES = {
    "characters_class": "TTS.tts.utils.text.characters.Graphemes",
    "pad": "<PAD>",
    "eos": "<EOS>",
    "bos": "<BOS>",
    "blank": "<BLNK>",
    "characters": "cba",
    "punctuations": "! ",
    "phonemes": None,
    "is_unique": True,
    "is_sorted": True,
}
MHORO = [33, 18, 33, 13, 33, 20, 33, 23, 33, 20, 33, 5, 33, 24, 33, 13, 33, 6, 33, 18, 33, 28, 33, 6, 33, 23, 33, 14,
         33, 4, 33, 5, 33, 18, 33, 6, 33, 16, 33, 6, 33, 9, 33, 14, 33, 14, 33, 2, 33]  # fmt: skip


def frontend(speakers=None, languages=None, **changes):
    return CoquiFrontend(CONFIG | changes, speakers or {}, languages or {})


def test_ids_are_those_of_coqui_tts_for_the_same_config():
    assert frontend().ids("Mhoro shamwari, makadii?")[0].tolist() == MHORO


def test_without_blanks_only_the_characters_are_left():
    assert frontend(add_blank=False).ids("Mhoro shamwari, makadii?")[0].tolist() == MHORO[1::2]


def test_other_classes_have_their_marks_first_and_their_letters_in_order():
    config = CONFIG | {"characters": GRAPHEMES}
    assert symbol_list(config) == ["<PAD>", "<EOS>", "<BOS>", "<BLNK>", "a", "b", "c", "!", " "]


def test_begin_and_end_frame_the_text_where_the_voice_was_trained_so():
    framed = frontend(characters=GRAPHEMES, enable_eos_bos_chars=True)
    assert framed.ids("ab!")[0].tolist() == [2, 3, 4, 3, 5, 3, 7, 3, 1]


def test_a_voice_without_a_blank_puts_its_pad_between():
    assert frontend(characters=GRAPHEMES | {"blank": None}).ids("a")[0].tolist() == [0, 3, 0]


def test_a_voice_of_phonemes_is_given_shona_in_the_symbols_of_its_language():
    phonemes = CHARACTERS | {"characters": "", "phonemes": "ɑːɹoʊmhˈ"}
    spoken = frontend(use_phonemes=True, phoneme_language="en-us", characters=phonemes, add_blank=False)
    symbols = symbol_list(CONFIG | {"characters": phonemes})
    assert "".join(symbols[number] for number in spoken.ids("ara")[0]) == "ˈɑːɹɑː"
    assert spoken.config.synthesis.length_scale > 1.25


def test_phonemes_of_a_language_without_an_accent_are_refused():
    with pytest.raises(EngineError, match="'tn'"):
        frontend(use_phonemes=True, phoneme_language="tn")


def test_the_ipa_class_takes_its_phonemes_for_characters():
    ipa = GRAPHEMES | {"characters_class": "TTS.tts.utils.text.characters.IPAPhonemes", "phonemes": "ʃɑ"}
    assert symbol_list(CONFIG | {"characters": ipa})[4:] == ["ɑ", "ʃ", "!", " "]


@pytest.mark.parametrize("text", ["", "?!", "3 4", "😀"])
def test_a_text_without_a_letter_gives_nothing(text):
    assert frontend().ids(text).size == 0


def test_rate_pace_speakers_and_language_are_read():
    config = frontend({"Rudo": 3, "Tendai": 4}, {"en": 0, "sn": 7}).config
    assert config.sample_rate == 22_050
    assert (config.synthesis.noise_scale, config.synthesis.length_scale, config.synthesis.noise_w) == (0.5, 1.25, 0.9)
    assert config.speakers == {"Rudo": 3, "Tendai": 4}
    assert (config.synthesis.speaker, config.synthesis.language) == (3, 7)


def test_a_voice_that_does_not_know_shona_speaks_its_first_language():
    assert frontend(languages={"fr": 2, "en": 1}).config.synthesis.language == 1
