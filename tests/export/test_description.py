"""What a Coqui config is taken for before any weights are opened, on a machine without torch too."""

import json
from importlib.util import find_spec

import pytest

from inzwa.cli.main import main
from inzwa.errors import NotConvertible
from inzwa.export.coqui import CoquiCheckpoint
from inzwa.export.description import read_description
from tests.engines.tts.text.test_coqui import CONFIG


def described(folder, beside=None, **changes):
    (folder / "config.json").write_text(json.dumps(CONFIG | changes), encoding="utf-8")
    for name, said in (beside or {}).items():
        (folder / name).write_text(json.dumps(said), encoding="utf-8")
    return read_description(folder / "config.json")


def test_names_are_read_beside_the_config_or_in_it(tmp_path):
    assert described(tmp_path, speakers=["Rudo", "Tendai"]).speakers == {"Rudo": 0, "Tendai": 1}
    beside = {"speakers.json": {"Tendai": 1, "Rudo": 0}, "language_ids.json": {"sn": 0}}
    found = described(tmp_path, beside)
    assert (found.speakers, found.languages) == ({"Rudo": 0, "Tendai": 1}, {"sn": 0})
    assert found.for_coqui(tmp_path / "ids.json")["speakers"] == ["Rudo", "Tendai"]


def test_what_only_trained_the_voice_is_left_out(tmp_path):
    args = {"speaker_encoder_model_path": "/gone/model.pth", "use_speaker_encoder_as_loss": True, "hidden_channels": 32}
    said = described(tmp_path, model_args=args, use_phonemes=True, datasets=[{"path": "/gone"}]).for_coqui(tmp_path)
    assert said["model_args"]["hidden_channels"] == 32
    assert not said["model_args"]["use_speaker_encoder_as_loss"]
    assert "/gone" not in json.dumps(said)
    assert said["use_phonemes"] is False


def test_classes_of_characters_are_those_of_coqui_alone(tmp_path):
    characters = CONFIG["characters"] | {"characters_class": "antigravity.Characters"}
    with pytest.raises(NotConvertible, match="antigravity"):
        described(tmp_path, characters=characters).for_coqui(tmp_path)
    characters["characters_class"] = None
    plain = described(tmp_path, characters=characters, use_phonemes=True).for_coqui(tmp_path)
    assert plain["characters"]["characters_class"].endswith(".IPAPhonemes")


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"model": "tacotron2"}, {}),
        ({"characters": None}, {}),
        ({"use_d_vector_file": True}, {}),
        ({"model_args": {"use_d_vector_file": True}}, {}),
        ({}, {"speakers.json": {"Rudo": 1}}),
        ({}, {"speakers.json": {"Rudo": 0, "Tendai": 0}}),
        ({}, {"speakers.json": {"Rudo": None}}),
        ({}, {"language_ids.json": ["sn"]}),
    ],
)
def test_what_is_no_voice_of_ours_is_refused(tmp_path, changes, beside):
    with pytest.raises(NotConvertible):
        described(tmp_path, beside, **changes)


@pytest.mark.parametrize("text", ["", "{", "[]", "\udcff"])
def test_a_file_that_is_no_config_is_refused(tmp_path, capsys, text):
    path = tmp_path / "config.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert main(["models", "export-coqui", str(tmp_path / "a.pth"), str(path), "-o", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("not_convertible: ")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(find_spec("TTS") is not None, reason="coqui-tts is installed here")
def test_without_torch_the_remedy_is_named(tmp_path):
    with pytest.raises(NotConvertible, match=r"requirements-export\.txt"):
        CoquiCheckpoint(tmp_path / "a.pth", described(tmp_path), tmp_path / "ids.json")
