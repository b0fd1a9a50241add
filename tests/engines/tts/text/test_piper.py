"""What is read of a Piper voice's JSON, and how symbols become ids."""

import json

import pytest

from inzwa.engines.tts.text.piper import PiperFrontend, read_piper_config
from inzwa.errors import EngineError

SAID = {
    "audio": {"sample_rate": 22050},
    "espeak": {"voice": "en-us"},
    "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
    "num_speakers": 1,
    "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [14], "b": [15], "ç": [16, 140]},
}

NO_FRAME = json.dumps(SAID | {"phoneme_id_map": {"a": [14]}})


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "voice.onnx.json"
    path.write_text(json.dumps(SAID), encoding="utf-8")
    return read_piper_config(path)


def test_rate_pace_and_language_are_read(config):
    assert (config.sample_rate, config.language) == (22050, "en")
    assert (config.noise_scale, config.length_scale, config.noise_w) == (0.667, 1.0, 0.8)


def test_symbols_are_framed_and_stand_between_blanks(config):
    assert config.encode("aba").tolist() == [[1, 0, 14, 0, 15, 0, 14, 0, 2]]


def test_a_symbol_of_several_ids_keeps_them_together(config):
    assert config.encode("ça").tolist() == [[1, 0, 16, 140, 0, 14, 0, 2]]


def test_unknown_symbols_and_the_frame_itself_are_left_out(config):
    assert config.encode("a$☃^_b").tolist() == config.encode("ab").tolist()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "not json",
        json.dumps(SAID | {"audio": None}),
        json.dumps(SAID | {"phoneme_id_map": 3}),
        NO_FRAME,
    ],
)
def test_another_file_is_refused_by_name(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EngineError, match=r"other\.json"):
        read_piper_config(path)


@pytest.mark.parametrize(
    ("said", "speakers"),
    [
        ({"num_speakers": 2, "speaker_id_map": {"Rudo": 0, "Tendai": 1}}, {"Rudo": 0, "Tendai": 1}),
        ({"num_speakers": 2}, {"0": 0, "1": 1}),
        ({"num_speakers": 1, "speaker_id_map": {"Rudo": 0}}, {}),
    ],
)
def test_several_speakers_are_known_by_their_names_else_by_their_numbers(tmp_path, said, speakers):
    path = tmp_path / "many.json"
    path.write_text(json.dumps(SAID | said), encoding="utf-8")
    assert read_piper_config(path).speakers == speakers


def test_a_reader_says_shona_in_the_voices_own_symbols_a_little_slower(config):
    frontend = PiperFrontend(config)
    assert frontend.ids("ba").tolist() == config.encode("bˈɑː").tolist()
    assert frontend.ids("... 3 😀").size == 0
    assert (frontend.config.sample_rate, frontend.config.synthesis.noise_scale) == (22050, 0.667)
    assert frontend.config.synthesis.length_scale > 1
