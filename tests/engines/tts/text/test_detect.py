"""The three kinds of VITS are told apart by their own metadata, and said by one engine."""

import json
from contextlib import aclosing

import numpy as np
import pytest

from inzwa.engines.tts.text.coqui import CoquiFrontend
from inzwa.engines.tts.text.detect import open_frontend
from inzwa.engines.tts.text.mms import MmsFrontend
from inzwa.engines.tts.text.piper import PiperFrontend
from inzwa.engines.tts.vits import open_vits
from inzwa.errors import EngineError
from inzwa.models.convert import CONVERTERS
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import silent
from inzwa.protocols import FileInfo, VoiceOptions
from tests.engines.tts.text import test_coqui, test_mms, test_piper
from tests.models.convert import small_vits


def model(folder, **documents):
    """A folder with these JSON files; `voice_onnx` becomes voice.onnx.json."""
    for name, said in documents.items():
        text = said if isinstance(said, str) else json.dumps(said)
        (folder / f"{name.replace('_onnx', '.onnx')}.json").write_text(text, encoding="utf-8")
    files = tuple(FileInfo(path.name, path.stat().st_size, "") for path in sorted(folder.iterdir()))
    return LocalModel(name="any", folder=folder, files=files)


MMS_CONFIG = test_mms.CONFIG | {"model_type": "vits"}


@pytest.mark.parametrize(
    ("documents", "kind"),
    [
        ({"voice_onnx": test_piper.SAID}, PiperFrontend),
        ({"voice_onnx": test_piper.SAID, "config": {"model": "other"}}, PiperFrontend),
        ({"config": test_piper.SAID}, PiperFrontend),
        ({"config": MMS_CONFIG, "vocab": test_mms.VOCAB}, MmsFrontend),
        ({"config": test_coqui.CONFIG}, CoquiFrontend),
    ],
)
def test_each_kind_is_known_by_what_it_says(tmp_path, documents, kind):
    assert type(open_frontend(model(tmp_path, **documents))) is kind


def test_what_lies_beside_the_config_is_read_too(tmp_path):
    files = {"speakers": {"Rudo": 0, "Tendai": 1}, "language_ids": {"en": 0, "sna": 1}}
    config = open_frontend(model(tmp_path, config=test_coqui.CONFIG, **files)).config
    assert (config.speakers, config.synthesis.language) == (files["speakers"], 1)
    (tmp_path / "mms").mkdir()
    unspaced = {"tokenizer_config": {"add_blank": False}}
    mms = open_frontend(model(tmp_path / "mms", config=MMS_CONFIG, vocab=test_mms.VOCAB, **unspaced))
    assert mms.ids("ka").size == 2


@pytest.mark.parametrize(
    "documents",
    [
        {},
        {"config": {}},
        {"config": "no json"},
        {"config": [1]},
        {"config": MMS_CONFIG},
        {"config": MMS_CONFIG | {"speaking_rate": 0}, "vocab": test_mms.VOCAB},
        {"config": {"model_type": "vits"}, "vocab": test_mms.VOCAB},
        {"config": MMS_CONFIG, "vocab": {"a": "first"}},
        {"config": {"model": "vits", "characters": None}},
        {"config": {"model": "tacotron2", "characters": {}}},
        {"voice_onnx": {"phoneme_id_map": None}},
    ],
)
def test_files_that_describe_no_voice_are_refused(tmp_path, documents):
    with pytest.raises(EngineError):
        open_frontend(model(tmp_path, **documents))


async def test_a_converted_mms_voice_is_opened_and_says_a_phrase(tmp_path):
    source = small_vits.write(tmp_path / "in", small_vits.weights())
    (tmp_path / "out").mkdir()
    CONVERTERS["mms-vits"](source, tmp_path / "out", silent)
    async with open_vits(model(tmp_path / "out"), threads=1, seed=1) as voice:
        assert (voice.sample_rate, voice.voices) == (16_000, ("any",))
        first, again = [np.concatenate(await said(voice, "Mhoro shamwari!")) for _ in range(2)]
        assert await said(voice, "... !") == []
    assert first.size > 0
    assert np.array_equal(first, again)


async def said(voice, text):
    async with aclosing(voice.speak(text, VoiceOptions())) as chunks:
        return [chunk.sound async for chunk in chunks]


async def test_a_folder_with_two_graphs_is_refused(tmp_path):
    for name in ("a.onnx", "b.onnx"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(EngineError, match=r"one \.onnx file"):
        async with open_vits(model(tmp_path, config=test_coqui.CONFIG)):
            pass
