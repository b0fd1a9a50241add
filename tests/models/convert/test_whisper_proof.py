"""The converter that needs no torch against CTranslate2's own, which does, on Whispers that transformers saved."""

import json

import ctranslate2
import numpy as np
import pytest

from inzwa.models.convert import CONVERTERS
from inzwa.models.progress import silent
from tests.models.convert.small_whisper import local

pytestmark = pytest.mark.convert
WHOLE, SHARDS = 10**9, 100_000


@pytest.fixture
def reference():
    """What needs torch, imported only when these tests run."""
    from tests.models.convert import torch_whisper

    return torch_whisper


def converted(folder, out):
    out.mkdir()
    CONVERTERS["whisper-ct2"](local(folder), out, silent)
    return out


@pytest.mark.parametrize("shard_bytes", [WHOLE, SHARDS], ids=["whole", "sharded"])
def test_a_float32_checkpoint_gives_the_bytes_of_ctranslate2s_own_converter(tmp_path, reference, shard_bytes):
    reference.make(tmp_path / "in", "float32", shard_bytes)
    assert (len(list((tmp_path / "in").glob("*.safetensors"))) > 1) == (shard_bytes == SHARDS)
    reference.convert(tmp_path / "in", tmp_path / "theirs")
    ours = converted(tmp_path / "in", tmp_path / "ours")
    for name in ("model.bin", "vocabulary.json"):
        assert (ours / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes()
    assert json.loads((ours / "config.json").read_text()) == json.loads(
        (tmp_path / "theirs" / "config.json").read_text()
    )


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_checkpoint_in_half_precision_gives_the_numbers_of_ctranslate2s_own(tmp_path, reference, dtype):
    reference.make(tmp_path / "in", dtype, WHOLE)
    reference.convert(tmp_path / "in", tmp_path / "theirs")
    ours, theirs = converted(tmp_path / "in", tmp_path / "ours"), tmp_path / "theirs"
    first, second = (encoded(folder, features()) for folder in (ours, theirs))
    print(f"{dtype}: largest difference {np.abs(first - second).max():.2e} of {np.abs(second).max():.2f}")
    assert np.abs(first - second).max() <= 1e-4 * np.abs(second).max()


def test_the_states_are_those_of_torch_within_what_int8_costs(tmp_path, reference):
    model = reference.make(tmp_path / "in", "float32", WHOLE)
    first = encoded(converted(tmp_path / "in", tmp_path / "ours"), features())
    second = reference.states(model, features())
    error = np.sqrt(np.mean(np.square(first - second)) / np.mean(np.square(second)))
    print(f"relative error against torch: {error:.4f}")
    assert error < 0.05


def features():
    return np.random.default_rng(1).normal(size=(1, 80, 3000)).astype(np.float32)


def encoded(folder, sound):
    model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="float32")
    return np.array(model.encode(ctranslate2.StorageView.from_array(sound)))
