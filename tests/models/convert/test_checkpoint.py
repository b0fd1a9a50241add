"""Which files of a repository are the checkpoint."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from inzwa.errors import NotConvertible
from inzwa.models.convert.checkpoint import Checkpoint
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import silent
from inzwa.protocols import FileInfo


def laid_out(folder, **tensors):
    """A folder with these safetensors files, each with one tensor, and a config.json in the folder of each."""
    for name, tensor in tensors.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "config.json").write_text(json.dumps({"model_type": "whisper", "at": path.parent.name}))
        save_file({tensor: np.ones((2, 3), dtype=np.float32)}, path.with_suffix(".safetensors"))
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    files = tuple(FileInfo(path.relative_to(folder).as_posix(), path.stat().st_size, "") for path in found)
    return LocalModel(name="many", folder=folder, files=files)


def opened(source):
    return Checkpoint(source, "model.bin", silent)


def test_older_checkpoints_in_folders_below_are_not_read(tmp_path):
    checkpoint = opened(laid_out(tmp_path, model="new", runs__checkpoint_100__model="old"))
    assert checkpoint.has("new")
    assert not checkpoint.has("old")
    assert checkpoint.json("config.json")["at"] == tmp_path.name


def test_a_checkpoint_in_a_folder_of_its_own_is_found(tmp_path):
    assert opened(laid_out(tmp_path, models__sna__model="a")).has("a")


def test_where_one_file_has_all_shards_beside_it_are_not_read(tmp_path):
    source = laid_out(tmp_path, model="a")
    save_file({"a": np.zeros(1)}, tmp_path / "model-00001-of-00001.safetensors")
    shard = FileInfo("model-00001-of-00001.safetensors", 1, "")
    both = LocalModel(name="both", folder=tmp_path, files=(*source.files, shard))
    assert opened(both).tensor("a", 2, 3).shape == (2, 3)


def test_a_tensor_of_another_shape_is_refused(tmp_path):
    with pytest.raises(NotConvertible, match=r"a: expected the shape \[3, 2\], found \[2, 3\]"):
        opened(laid_out(tmp_path, model="a")).tensor("a", 3, 2)


def test_a_repository_without_a_config_is_refused(tmp_path):
    source = laid_out(tmp_path, model="a")
    (tmp_path / "config.json").unlink()
    bare = LocalModel(name="bare", folder=tmp_path, files=source.files[1:])
    with pytest.raises(NotConvertible, match=r"bare: expected config\.json, found model\.safetensors"):
        opened(bare)
