"""Safetensors as the package of that name writes them are read whole; anything else is refused by name."""

import json
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from inzwa.errors import NotConvertible
from inzwa.formats.safetensors import Tensors

VALUES = np.array([[1.5, -2.25, 0.0], [3e8, -1e-5, 7.0]], dtype=np.float32)


def written(path, header, data=b""):
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_numbers_come_back_as_float32_in_their_shape(tmp_path, dtype):
    stored = (VALUES / 1e4).astype(dtype)
    save_file({"other": VALUES, "a": stored}, tmp_path / "x.safetensors", metadata={"format": "pt"})
    read = Tensors([tmp_path / "x.safetensors"]).read("a")
    assert read.dtype == np.float32
    assert np.array_equal(read, stored.astype(np.float32))


def test_bf16_is_widened(tmp_path):
    halves = (VALUES.view(np.uint32) >> 16).astype("<u2")
    header = {"a": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}
    read = Tensors([written(tmp_path / "x.safetensors", header, halves.tobytes())]).read("a")
    assert np.allclose(read, VALUES, rtol=2**-7)


def test_shards_are_read_as_one(tmp_path):
    save_file({"a": VALUES}, tmp_path / "1.safetensors")
    save_file({"b": VALUES + 1}, tmp_path / "2.safetensors")
    tensors = Tensors([tmp_path / "1.safetensors", tmp_path / "2.safetensors"])
    assert "a" in tensors
    assert "c" not in tensors
    assert np.array_equal(tensors.read("b"), VALUES + 1)
    assert tensors.shape("b") == (2, 3)
    assert tensors.total_size == 2 * tensors.size("a") == 48


def test_a_name_in_two_shards_is_refused(tmp_path):
    for name in ("1.safetensors", "2.safetensors"):
        save_file({"a": VALUES}, tmp_path / name)
    with pytest.raises(NotConvertible, match=r"2\.safetensors.*'a'"):
        Tensors([tmp_path / "1.safetensors", tmp_path / "2.safetensors"])


def test_an_absent_tensor_is_refused_by_name(tmp_path):
    save_file({"a": VALUES}, tmp_path / "x.safetensors")
    with pytest.raises(NotConvertible, match="conv1"):
        Tensors([tmp_path / "x.safetensors"]).read("conv1")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(tmp_path, value):
    save_file({"a": np.array([1.0, value], dtype=np.float32)}, tmp_path / "x.safetensors")
    with pytest.raises(NotConvertible, match="a: expected numbers"):
        Tensors([tmp_path / "x.safetensors"]).read("a")


def test_whole_numbers_are_no_weights(tmp_path):
    save_file({"a": np.arange(3)}, tmp_path / "x.safetensors")
    with pytest.raises(NotConvertible, match="I64"):
        Tensors([tmp_path / "x.safetensors"]).read("a")


@pytest.mark.parametrize(
    "item",
    [
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 9]},
        {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]},
        {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]},
        {"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]},
        {"dtype": "F32", "shape": [2]},
        {"dtype": "F32", "shape": None, "data_offsets": [0, 8]},
        {"dtype": 4, "shape": [2], "data_offsets": ["0", "8"]},
        "F32",
    ],
)
def test_offsets_that_cannot_be_are_refused(tmp_path, item):
    with pytest.raises(NotConvertible, match=r"x\.safetensors"):
        Tensors([written(tmp_path / "x.safetensors", {"a": item}, bytes(8))])


@given(st.binary(max_size=64))
def test_other_bytes_are_refused_or_hold_nothing(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "x.safetensors"
    path.write_bytes(data)
    with suppress(NotConvertible):
        assert Tensors([path]).total_size == 0


def test_a_file_cut_short_is_refused(tmp_path):
    save_file({"a": VALUES}, tmp_path / "x.safetensors")
    whole = (tmp_path / "x.safetensors").read_bytes()
    (tmp_path / "x.safetensors").write_bytes(whole[:-1])
    with pytest.raises(NotConvertible, match="damaged"):
        Tensors([tmp_path / "x.safetensors"])


def test_a_header_that_claims_gigabytes_is_not_read(tmp_path):
    (tmp_path / "x.safetensors").write_bytes(struct.pack("<Q", 1 << 60) + b"{}")
    with pytest.raises(NotConvertible):
        Tensors([tmp_path / "x.safetensors"])
