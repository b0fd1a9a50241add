"""A model on this disk."""

from pathlib import Path

import pytest

from inzwa.errors import ModelUnavailable
from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo

FILES = tuple(FileInfo(name, 1, "aa" * 32) for name in ("voice.onnx", "voice.onnx.json"))
MODEL = LocalModel(name="voice", folder=Path("/models/voice"), files=FILES)


def test_a_file_is_found_by_how_its_name_ends() -> None:
    assert MODEL.path(".onnx") == Path("/models/voice/voice.onnx")
    assert MODEL.path("json") == Path("/models/voice/voice.onnx.json")


@pytest.mark.parametrize("suffix", [".gguf", ""])
def test_a_name_that_fits_none_or_several_is_refused(suffix: str) -> None:
    with pytest.raises(ModelUnavailable, match="voice: expected one file"):
        MODEL.path(suffix)
