"""Pickles are recognised by name and by content."""

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from inzwa.errors import ModelCorrupt
from inzwa.models.pickles import is_pickle_name, looks_pickled, refuse_pickle
from tests.models.hub_model import REPOSITORY, HubModel

RENAMED = ("model.bin", "model.safetensors", "model.gguf", "model.onnx", "spiece.model")


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def zipped(name: str, content: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def array(*items: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array(items, dtype=object), allow_pickle=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "pytorch_model.bin",
        "a/pytorch_model-00001-of-2.bin",
        "x.pt",
        "X.CKPT",
        "y.pkl",
        "y.pkl.gz",
        "a.joblib.z",
        "b.npz",
    ],
)
def test_a_name_that_torch_or_pickle_uses_is_known(name: str) -> None:
    assert is_pickle_name(name)


@pytest.mark.parametrize("name", ["model.bin", "model.safetensors", "a.gguf", "vocab.json", "part.onnx", "a.npy"])
def test_a_name_of_data_passes(name: str) -> None:
    assert not is_pickle_name(name)


@pytest.mark.parametrize("name", RENAMED)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_of_any_protocol_is_known_whatever_its_name(tmp_path: Path, protocol: int, name: str) -> None:
    path = tmp_path / name
    for made in ({"weights": [1.0]}, [1, 2], Trap(tmp_path / "sprung"), (1, "a", 2.0)):
        path.write_bytes(pickle.dumps(made, protocol=protocol))
        with pytest.raises(ModelCorrupt, match=r"is a pickle.*safetensors"):
            refuse_pickle(name, path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", RENAMED)
@pytest.mark.parametrize(
    "content",
    [zipped("archive/data.pkl"), zipped("arr_0.npy"), array({"a": 1}), b"PK\x05\x06" + bytes(18)],
    ids=["torch's archive", "numpy's archive", "an array of objects", "an empty archive"],
)
def test_what_holds_pickles_is_known_whatever_its_name(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelCorrupt, match="is a pickle"):
        refuse_pickle(name, path)


@pytest.mark.parametrize("length", [0x280, 0x380, 0x480, 0x580])
def test_safetensors_whose_header_s_length_looks_like_a_pickle_s_first_codes_pass(tmp_path: Path, length: int) -> None:
    header = json.dumps({"__metadata__": {"pad": ""}})
    header = header.replace('""', f'"{" " * (length - len(header))}"')
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header.encode() + b"\0" * 8)
    assert looks_pickled(path.name, path.read_bytes())
    refuse_pickle(path.name, path)


def test_a_pickle_that_is_made_to_look_like_safetensors_is_known(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"\x80\x02X\x02\x00\x00\x00\x00{q\x00.")
    assert pickle.loads(path.read_bytes()) == "\0{"
    with pytest.raises(ModelCorrupt, match="is a pickle"):
        refuse_pickle(path.name, path)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("model.gguf", b"GGUF\x03\x00\x00\x00"),
        ("model.bin", np.uint32(6).tobytes() + b"\x0c\x00WhisperSpec"),
        ("model.onnx", b"\x08\x08\x12\x07pytorch"),
        ("config.json", b"{"),
        ("empty", b""),
        ("short", b"\x80"),
        ("merges.txt", b"ca\nde\nfg"),
        ("vocab.txt", b"(dp0\nI1\nx"),
        ("mel.npy", b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False}"),
    ],
)
def test_data_passes(name: str, head: bytes) -> None:
    assert not looks_pickled(name, head)


def test_a_pickle_under_a_safe_name_on_the_hub_is_refused_before_it_is_in_the_cache(
    pupil: HubModel, tmp_path: Path
) -> None:
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    pupil.hub.push(REPOSITORY, {"model.gguf": trap, "config.json": b"{}"})
    with pytest.raises(ModelCorrupt, match=r"model\.gguf is a pickle"):
        pupil.store().fetch("pupil")
    assert "model.gguf" not in pupil.cached_files()
    assert not (tmp_path / "sprung").exists()
