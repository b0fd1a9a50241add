"""The head of a GGUF file: what it says of itself, and the shapes of its tensors. Reads no weights, knows no library.

After the format's own description (ggml, docs/gguf.md), versions 2 and 3, little-endian.
"""

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Fact = str | int | float | bool

_NUMBERS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9
_VERSIONS: Final = (2, 3)
_MOST: Final = 1 << 22
"""Facts, tensors or items of a list: the largest vocabularies have a quarter of a million words."""
_MOST_AXES: Final = 4


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the weights."""

    facts: Mapping[str, Fact]
    """`general.architecture`, `adapter.type` and so on; of a list only how many items it has."""
    shapes: Mapping[str, tuple[int, ...]]
    """Each tensor's axes, the innermost first, as ggml counts them."""

    def text(self, key: str) -> str:
        """The fact as text; empty where there is none."""
        return str(self.facts.get(key, ""))


def read_head(path: Path) -> Head:
    """The head of the file. ValueError says why it is no GGUF; OSError when it cannot be read."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _head(_Cursor(data))
        except (struct.error, OverflowError):  # a length of 2^63 and more fits no index
            raise ValueError("it ends in the middle of its head") from None


class _Cursor:
    """A place in the bytes; struct.error past their end."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data, self._at = data, 0

    def number(self, form: str) -> int | float | bool:
        (value,) = struct.unpack_from(f"<{form}", self._data, self._at)
        self.skip(struct.calcsize(form))
        return value

    def count(self, most: int = _MOST) -> int:
        value = int(self.number("Q"))
        if value > most:
            raise ValueError(f"it speaks of {value} items, more than any model has")
        return value

    def skip(self, length: int) -> None:
        self._at += length

    def text(self) -> str:
        length = int(self.number("Q"))
        (value,) = struct.unpack_from(f"<{min(length, len(self._data))}s", self._data, self._at)
        self.skip(length)
        return value.decode(errors="replace")

    def fact(self, kind: int) -> Fact:
        if kind == _TEXT:
            return self.text()
        return self._list() if kind == _LIST else self.number(_form(kind))

    def _list(self) -> int:
        """Step over a list; how many items it has."""
        kind, length = int(self.number("I")), self.count()
        if kind == _TEXT:
            for _ in range(length):
                self.skip(int(self.number("Q")))
        else:
            self.skip(length * struct.calcsize(_form(kind)))
        return length


def _head(cursor: _Cursor) -> Head:
    if bytes(int(cursor.number("B")) for _ in range(4)) != b"GGUF":
        raise ValueError("it does not begin as a GGUF file does")
    if (version := cursor.number("I")) not in _VERSIONS:
        raise ValueError(f"it is GGUF of version {version}; versions 2 and 3 are read")
    tensors, facts = cursor.count(), cursor.count()
    said = {cursor.text(): cursor.fact(int(cursor.number("I"))) for _ in range(facts)}
    return Head(said, dict(_tensor(cursor) for _ in range(tensors)))


def _tensor(cursor: _Cursor) -> tuple[str, tuple[int, ...]]:
    name, axes = cursor.text(), int(cursor.number("I"))
    if axes > _MOST_AXES:
        raise ValueError(f"its tensor {name[:64]!r} has {axes} axes")
    shape = tuple(int(cursor.number("Q")) for _ in range(axes))
    cursor.skip(struct.calcsize("<IQ"))  # how it is stored, and where
    return name, shape


def _form(kind: int) -> str:
    if kind not in _NUMBERS:
        raise ValueError(f"it has a fact of the unknown kind {kind}")
    return _NUMBERS[kind]
