"""A voice exported from a Coqui checkpoint against torch: same weights and noise, same sound. And what is refused."""

import json
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

from inzwa.cli.export import MOST_DIFFERENCE
from inzwa.cli.main import main
from inzwa.engines.tts.chunked_voice import ChunkedVoice
from inzwa.engines.tts.vits import open_vits
from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo, VoiceOptions

pytestmark = [
    pytest.mark.export,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::SyntaxWarning"),
]


@pytest.fixture
def make():
    """What needs coqui-tts, imported only when these tests run."""
    from tests.export import small_coqui

    return small_coqui.make


def exported(checkpoint, config, folder):
    return main(["models", "export-coqui", str(checkpoint), str(config), "-o", str(folder)])


@pytest.mark.parametrize(
    "args",
    [{}, {"use_sdp": False}, {"speakers": ["Rudo", "Tendai", "Chipo"], "use_speaker_embedding": True}],
    ids=["as it is", "durations that are not drawn", "three speakers"],
)
async def test_the_sound_is_that_of_torch_and_the_voice_is_opened(tmp_path, make, capsys, args):
    out = tmp_path / "out"
    assert exported(*make(tmp_path / "in", **args), out) == 0
    said = capsys.readouterr().out
    print(said)
    assert float(said.rpartition("largest difference: ")[2].partition(";")[0]) <= MOST_DIFFERENCE
    files = tuple(FileInfo(path.name, path.stat().st_size, "") for path in sorted(out.iterdir()))
    assert isinstance(ChunkedVoice(out / "model.onnx", threads=1), ChunkedVoice)
    async with open_vits(LocalModel(name="coqui", folder=out, files=files), threads=1, seed=1) as voice:
        assert voice.voices == ("coqui", *(f"coqui/{name}" for name in args.get("speakers", ())))
        sounds = [await spoken(voice, name) for name in voice.voices]
    assert all(np.abs(sound).max() > 0 for sound in sounds)
    assert len(sounds) == 1 or sounds[1].shape != sounds[2].shape or not np.allclose(sounds[1], sounds[2])


async def spoken(voice, name):
    async with aclosing(voice.speak("Mhoro shamwari!", VoiceOptions(voice=name))) as chunks:
        return np.concatenate([chunk.sound async for chunk in chunks])


def test_a_checkpoint_that_holds_more_than_weights_is_not_opened(tmp_path, make, capsys):
    assert exported(*make(tmp_path / "in", more=Path("anything")), tmp_path / "out") == 1
    assert "as weights alone" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model": "tacotron2"}, "model vits"),
        ({"model_args": {"hidden_channels": 64}}, "does not fit"),
        ({"characters": {"characters_class": "os.path.join"}}, "os.path.join"),
        ({"use_d_vector_file": True}, "vectors"),
    ],
)
def test_a_config_that_does_not_fit_is_refused_and_leaves_nothing(tmp_path, make, capsys, changes, why):
    checkpoint, path = make(tmp_path / "in")
    config = json.loads(path.read_text())
    for name, value in changes.items():
        config[name] = {**config[name], **value} if isinstance(value, dict) else value
    path.write_text(json.dumps(config))
    assert exported(checkpoint, path, tmp_path / "out") == 1
    assert why in capsys.readouterr().err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in"]


def test_a_folder_that_is_there_is_not_written_into(tmp_path, make, capsys):
    checkpoint, config = make(tmp_path / "in")
    assert exported(checkpoint, config, tmp_path / "in") == 1
    assert "there already" in capsys.readouterr().err


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, make, capsys):
    checkpoint, config = make(tmp_path / "in")
    checkpoint.write_bytes(b"no checkpoint")
    assert exported(checkpoint, config, tmp_path / "out") == 1
    assert "not_convertible" in capsys.readouterr().err
