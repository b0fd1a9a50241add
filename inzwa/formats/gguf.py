"""The header of a GGUF file: its metadata, the shapes and types of its tensors (ggml, docs/gguf.md; versions 2 and 3).

The package `gguf` keeps every token of the vocabulary in an array of its own: 722 MB and 10 s for Gemma 3 270M, where
this takes 1 MB and 0.1 s.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inzwa.formats.byte_reader import ByteReader

Value = str | int | float | bool

_MAGIC: Final = b"GGUF"
_NUMBERS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9
_VERSIONS: Final = (2, 3)
_MAX_ITEMS: Final = 1 << 22
"""Keys, tensors or items of a list: the largest vocabularies have a quarter of a million words."""
_MAX_AXES: Final = 4


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the weights."""

    metadata: Mapping[str, Value]
    """`general.architecture`, `adapter.type` and so on; of a list only how many items it has."""
    shapes: Mapping[str, tuple[int, ...]]
    """Each tensor's axes, the innermost first, as ggml counts them."""
    types: Mapping[str, int]
    """Each tensor's type, by ggml's number."""

    def text(self, key: str) -> str:
        """The value as text; empty where there is none."""
        return str(self.metadata.get(key, ""))


def read_header(path: Path) -> Header:
    """ValueError says why it is no GGUF; OSError when it cannot be read."""
    reader = ByteReader(path)
    if reader.bytes(len(_MAGIC)) != _MAGIC:
        raise ValueError("it does not begin as a GGUF file does")
    if (version := reader.integer("I")) not in _VERSIONS:
        raise ValueError(f"it is GGUF of version {version}; versions 2 and 3 are read")
    tensors, keys = _count(reader), _count(reader)
    metadata = {_text(reader): _value(reader, reader.integer("I")) for _ in range(keys)}
    described = [_tensor(reader) for _ in range(tensors)]
    shapes = {name: shape for name, shape, _ in described}
    return Header(metadata, shapes, {name: number for name, _, number in described})


def _count(reader: ByteReader) -> int:
    if (count := reader.integer("Q")) > _MAX_ITEMS:
        raise ValueError(f"it claims {count} items, more than any model has")
    return count


def _text(reader: ByteReader) -> str:
    return reader.bytes(reader.integer("Q")).decode(errors="replace")


def _value(reader: ByteReader, kind: int) -> Value:
    if kind == _TEXT:
        return _text(reader)
    return _skip_list(reader) if kind == _LIST else reader.number(_form(kind))


def _skip_list(reader: ByteReader) -> int:
    """How many items it has."""
    kind, count = reader.integer("I"), _count(reader)
    if kind == _TEXT:
        for _ in range(count):
            reader.skip(reader.integer("Q"))
    else:
        reader.skip(count * struct.calcsize(_form(kind)))
    return count


def _tensor(reader: ByteReader) -> tuple[str, tuple[int, ...], int]:
    """Name, shape and type."""
    name, axes = _text(reader), reader.integer("I")
    if axes > _MAX_AXES:
        raise ValueError(f"its tensor {name[:64]!r} has {axes} axes")
    shape = tuple(reader.integer("Q") for _ in range(axes))
    number = reader.integer("I")
    reader.skip(struct.calcsize("<Q"))  # the offset
    return name, shape, number


def _form(kind: int) -> str:
    if kind not in _NUMBERS:
        raise ValueError(f"it has a value of the unknown kind {kind}")
    return _NUMBERS[kind]
