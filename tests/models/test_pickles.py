"""Pickles are told from data by name and by first bytes."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from inzwa.errors import ModelCorrupt
from inzwa.models.pickles import is_pickle_name, looks_pickled, refuse_pickle


@pytest.mark.parametrize("name", ["pytorch_model.bin", "a/pytorch_model-00001-of-2.bin", "x.pt", "X.CKPT", "y.pkl"])
def test_a_name_that_torch_or_pickle_uses_is_known(name: str) -> None:
    assert is_pickle_name(name)


@pytest.mark.parametrize("name", ["model.bin", "model.safetensors", "a.gguf", "vocab.json", "part.onnx"])
def test_a_name_of_data_passes(name: str) -> None:
    assert not is_pickle_name(name)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_known_by_its_first_bytes_whatever_its_name(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(pickle.dumps({"weights": [1.0]}, protocol=protocol))
    with pytest.raises(ModelCorrupt, match=r"model\.bin is a pickle.*safetensors"):
        refuse_pickle("model.bin", path)


def test_the_archive_that_torch_writes_is_known() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    assert looks_pickled(stream.getvalue()[:16])


@pytest.mark.parametrize(
    "head",
    [
        (0x280).to_bytes(8, "little") + b'{"a":1}',  # safetensors whose header happens to be 640 bytes long
        b"GGUF\x03\x00\x00\x00",
        np.uint32(6).tobytes() + b"\x0c\x00WhisperSpec",
        b"\x08\x08\x12\x07pytorch",  # ONNX
        b"{",
        b"",
        b"\x80",
    ],
)
def test_data_passes(head: bytes) -> None:
    assert not looks_pickled(head)
