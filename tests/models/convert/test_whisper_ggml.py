"""A Whisper of CTranslate2's in whisper.cpp's format; that it hears the same is shown in tests/asr."""

import struct
from dataclasses import replace

import numpy as np
import pytest

from inzwa.errors import NotConvertible
from inzwa.formats.ct2_file import Ct2File
from inzwa.models.convert.whisper_ggml import TARGET, Sizes, convert, tensors
from inzwa.models.progress import Progress, silent

pytestmark = pytest.mark.weights

BASE = Sizes(51_865, 1_500, 512, 8, 6, 448, 512, 8, 6, 80)


@pytest.fixture(scope="module")
def base(models):
    return models.fetch("whisper-base")


@pytest.fixture(scope="module")
def model(base):
    return Ct2File(base.path("model.bin"))


def test_the_sizes_are_those_of_the_weights(model):
    assert Sizes.of(model) == BASE


def test_every_tensor_that_whisper_cpp_wants_is_given_once(model):
    """15 of an encoder's layer, 24 of a decoder's, and 11 besides; conv biases have a second axis."""
    found = dict(tensors(model, BASE))
    assert len(found) == 11 + 6 * 15 + 6 * 24
    assert found["encoder.conv1.weight"].shape == (512, 80, 3)
    assert found["encoder.conv1.bias"].shape == (512, 1)
    assert found["decoder.blocks.5.cross_attn.key.weight"].shape == (512, 512)
    assert "decoder.blocks.5.cross_attn.key.bias" not in found


def test_what_is_multiplied_with_one_input_is_taken_apart_again(model):
    found = dict(tensors(model, BASE))
    parts = [found[f"encoder.blocks.0.attn.{name}.weight"] for name in ("query", "key", "value")]
    assert np.array_equal(np.concatenate(parts), model.weights("encoder/layer_0/self_attention/linear_0/weight"))


def test_the_file_begins_with_its_sizes_and_holds_the_words_as_bytes(base, tmp_path):
    reports: list[Progress] = []
    convert(base, tmp_path, reports.append)
    data = (tmp_path / TARGET).read_bytes()
    assert struct.unpack_from("<12i", data) == (0x67676D6C, 51_865, 1_500, 512, 8, 6, 448, 512, 8, 6, 80, 1)
    at = 48 + 8 + 80 * 201 * 4
    assert struct.unpack_from("<ii", data, at) == (50_257, 1)
    assert b" the" in data[at : at + 20_000]
    assert (reports[-1].done_bytes, reports[-1].phase) == (reports[-1].total_bytes, "converting")


@pytest.mark.parametrize("length", [0, 3, 100, 50_000])
def test_a_damaged_file_is_refused(base, tmp_path, length):
    (tmp_path / "model.bin").write_bytes(base.path("model.bin").read_bytes()[:length])
    with pytest.raises(NotConvertible, match=r"model\.bin: expected CTranslate2's format 6"):
        Ct2File(tmp_path / "model.bin")


def test_what_is_missing_is_named(base, tmp_path):
    alone = replace(base, files=tuple(file for file in base.files if file.name == "model.bin"))
    with pytest.raises(NotConvertible, match=r"tokenizer\.json"):
        convert(alone, tmp_path, silent)


def test_a_variable_that_is_not_there_or_was_made_smaller_is_named(model):
    with pytest.raises(NotConvertible, match="'encoder/nothing'"):
        model.weights("encoder/nothing")
    with pytest.raises(NotConvertible, match="decoder/pre_norm: expected float16 or float32, found int8"):
        model.weights("decoder/pre_norm")
