"""Tells a pickle, which runs code when it is opened, from data. Such files are refused wherever they come from."""

import re
from pathlib import Path
from typing import Final

from inzwa.errors import ModelCorrupt

_NAME: Final = re.compile(r"(pytorch_model.*\.bin|.*\.(pt|pth|ckpt|pkl|pickle|joblib))", re.IGNORECASE)
_PROTOCOLS: Final = range(2, 6)
REMEDY: Final = "Take the model's safetensors, GGUF or ONNX instead."


def is_pickle_name(name: str) -> bool:
    """Whether a file of this name is a pickle by custom: pytorch_model.bin, *.pt, *.ckpt, *.pkl."""
    return _NAME.fullmatch(name.rpartition("/")[2]) is not None


def looks_pickled(head: bytes) -> bool:
    """Whether a file that begins like this is a pickle, or the zip archive in which torch keeps one.

    A pickle begins with its PROTO code and version; a safetensors file may begin with the same two bytes, its
    header's length, but has a brace after eight.
    """
    if head[8:9] == b"{":
        return False
    return head[:4] == b"PK\x03\x04" or (head[:1] == b"\x80" and head[1:2] != b"" and head[1] in _PROTOCOLS)


def refuse_pickle(name: str, path: Path) -> None:
    """ModelCorrupt when the file, by its name or by its first bytes, is a pickle."""
    with path.open("rb") as file:
        head = file.read(16)
    if is_pickle_name(name) or looks_pickled(head):
        raise ModelCorrupt(f"{name} is a pickle, which could run code when opened: refused. {REMEDY}")
