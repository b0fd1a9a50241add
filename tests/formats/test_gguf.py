"""What a GGUF file says of itself, and what is no such file."""

import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter
from hypothesis import given
from hypothesis import strategies as st

from inzwa.formats.gguf import read_header


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """One fact of each kind, and two tensors."""
    path = tmp_path_factory.mktemp("gguf") / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_string("general.name", "Mhoro 🙂")
    writer.add_uint32("llama.block_count", 3)
    writer.add_float32("scale", 0.5)
    writer.add_bool("flag", True)
    writer.add_array("words", ["a", "", "ng'"])
    writer.add_array("numbers", [1, 2])
    writer.add_tensor("one", np.zeros((2, 5), dtype=np.float32))
    writer.add_tensor("two", np.zeros(7, dtype=np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_facts_and_shapes_are_read_as_another_program_wrote_them(written):
    header = read_header(written)
    assert header.text("general.name") == "Mhoro 🙂"
    assert header.text("general.nothing") == ""
    assert {key: header.metadata[key] for key in ("llama.block_count", "scale", "flag", "words", "numbers")} == {
        "llama.block_count": 3,
        "scale": 0.5,
        "flag": True,
        "words": 3,
        "numbers": 2,
    }
    assert header.shapes == {"one": (5, 2), "two": (7,)}


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "empty"),
        (b"GGML" + bytes(40), "does not begin"),
        (b"GGUF" + struct.pack("<I", 9), "version 9"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60), "more than any model has"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 5), "in the middle"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 62), "in the middle"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<I", 77), "unknown kind 77"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 9, 1), "unknown kind 9"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 1, 0, 1) + b"t" + struct.pack("<I", 5_000), "5000 axes"),
    ],
)
def test_what_is_no_such_file_is_told_why(tmp_path, data, complaint):
    path = tmp_path / "wrong.gguf"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=complaint):
        read_header(path)


@given(cut=st.integers(0, 400), at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_damaged_header_is_a_value_error_or_still_a_header(written, tmp_path_factory, cut, at, byte):
    data = bytearray(written.read_bytes())
    data[at % len(data)] = byte
    path = tmp_path_factory.mktemp("damaged") / "model.gguf"
    path.write_bytes(data[: len(data) - cut % len(data)])
    with suppress(ValueError):
        read_header(path)
