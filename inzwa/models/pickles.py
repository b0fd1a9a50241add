"""Tells a pickle, which runs code when it is opened, from data. Such files are refused wherever they come from.

Nothing in Inzwa could open one (tests/code_rules/deserialising.py checks that); they are refused so that nothing
ever will, and so that a user learns what to use instead.
"""

import json
import pickletools
import re
import struct
from pathlib import Path
from typing import Final

from inzwa.errors import ModelCorrupt

REMEDY: Final = "Take the model's safetensors, GGUF or ONNX instead."

_NAME: Final = re.compile(
    r"(pytorch_model.*\.bin|.*\.(pt|pth|pt2|ptl|ckpt|pkl|pickle|joblib|dill|npz)(\.(gz|bz2|xz|zst|z))?)", re.IGNORECASE
)
_PROTOCOLS: Final = range(2, 6)
_ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
"""How zip archives begin: torch keeps a pickle in one, numpy several arrays."""
_OBJECTS: Final = re.compile(rb"\x93NUMPY.{4,8}\{.*'descr': *'\|O", re.DOTALL)
"""A NumPy array whose items are pickled."""
_BINARY: Final = (".bin", ".gguf", ".onnx", ".safetensors", ".model")
"""Formats whose first bytes are never valid codes of a pickle. A list of words may be."""
_CODES: Final = 8
"""So many valid codes in a row are taken for a pickle."""
_HEAD_BYTES: Final = 1 << 16
_MAX_HEADER_BYTES: Final = 100_000_000
"""The limit that safetensors itself sets."""


def is_pickle_name(name: str) -> bool:
    """Whether a file of this name is a pickle by custom: pytorch_model.bin, *.pt, *.ckpt, *.pkl, *.npz."""
    return _NAME.fullmatch(name.rpartition("/")[2]) is not None


def looks_pickled(name: str, head: bytes) -> bool:
    """Whether a file that begins like this is a pickle, or an archive or array that holds one.

    A safetensors file may begin like a pickle: `refuse_pickle` looks closer.
    """
    if head.startswith(_ARCHIVES) or _OBJECTS.match(head) or _begins_pickle(head):
        return True
    return name.lower().endswith(_BINARY) and _reads_as_pickle(head)


def refuse_pickle(name: str, path: Path) -> None:
    """ModelCorrupt when the file, by its name or by its first bytes, is a pickle."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if is_pickle_name(name) or (looks_pickled(name, head) and not _is_safetensors(path)):
        raise ModelCorrupt(f"{name} is a pickle, which could run code when opened: refused. {REMEDY}")


def _begins_pickle(head: bytes) -> bool:
    return head[:1] == b"\x80" and head[1:2] != b"" and head[1] in _PROTOCOLS


def _reads_as_pickle(head: bytes) -> bool:
    """Whether it begins with codes of a pickle that has no protocol header. Runs none of them."""
    try:
        for number, (code, _, _) in enumerate(pickletools.genops(head), start=1):
            if number == _CODES or code.name == "STOP":
                return number > 1
    except ValueError:
        return False
    return False


def _is_safetensors(path: Path) -> bool:
    """Whether the first eight bytes are the length of a JSON object that follows them, and no codes of a pickle."""
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8).ljust(8, b"\xff"))
        if size > min(_MAX_HEADER_BYTES, path.stat().st_size - 8):
            return False
        try:
            return isinstance(json.loads(file.read(size)), dict)
        except (ValueError, RecursionError):
            return False
