"""Safetensors files, read tensor by tensor into float32. Knows no model.

A file is a length, a JSON header and the numbers (huggingface.co/docs/safetensors). The package of that name gives
NumPy no BF16, which checkpoints often come in, so the header is read here; every offset is checked before it is used.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inzwa.errors import NotConvertible

MOST_HEADER_BYTES: Final = 100_000_000
"""The limit that the format itself sets."""

_ITEM_BYTES: Final[Mapping[str, int]] = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}
_STORED: Final[Mapping[str, str]] = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a tensor lies."""

    file: Path
    dtype: str
    shape: tuple[int, ...]
    begin: int
    """Bytes from the file's start."""
    size: int
    """Bytes."""


class Tensors:
    """A checkpoint's tensors, in one file or in shards. Holds headers only; each `read` goes to the disk."""

    def __init__(self, files: Sequence[Path]) -> None:
        """NotConvertible where a file is damaged, or two files give one name."""
        self._entries: dict[str, Entry] = {}
        for file in files:
            for name, entry in _header(file).items():
                if name in self._entries:
                    raise NotConvertible(f"{file.name}: expected {name!r} in one file, found it in several")
                self._entries[name] = entry

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def shape(self, name: str) -> tuple[int, ...]:
        return self._entry(name).shape

    def size(self, name: str) -> int:
        """Bytes on the disk."""
        return self._entry(name).size

    @property
    def total_size(self) -> int:
        """Bytes of all tensors on the disk."""
        return sum(entry.size for entry in self._entries.values())

    def read(self, name: str) -> Weights:
        """The tensor as float32. NotConvertible where it is absent, of another kind, or holds what is no number."""
        entry = self._entry(name)
        if entry.dtype not in _STORED:
            raise NotConvertible(
                f"{entry.file.name}: {name}: expected one of {', '.join(_STORED)}, found {entry.dtype}"
            )
        stored = np.fromfile(entry.file, _STORED[entry.dtype], prod(entry.shape), offset=entry.begin)
        values = _widened(stored) if entry.dtype == "BF16" else stored.astype(np.float32, copy=False)
        if not np.isfinite(values).all():
            raise NotConvertible(f"{entry.file.name}: {name}: expected numbers, found infinity or none")
        return values.reshape(entry.shape)

    def _entry(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise NotConvertible(f"expected a tensor {name!r}, found none among {len(self._entries)}") from None


def _widened(halves: npt.NDArray[np.uint16]) -> Weights:
    """BF16 is the upper half of float32."""
    return (halves.astype("<u4") << 16).view("<f4")


def _header(file: Path) -> dict[str, Entry]:
    try:
        with file.open("rb") as stream:
            (size,) = struct.unpack("<Q", stream.read(8))
            if size > MOST_HEADER_BYTES:
                raise ValueError(size)
            said = json.loads(stream.read(size))
        said.pop("__metadata__", None)
        return {name: _placed(file, item, 8 + size) for name, item in said.items()}
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotConvertible(f"{file.name}: expected a safetensors file, found a damaged header") from error


def _placed(file: Path, item: Mapping[str, Any], data_begin: int) -> Entry:
    begin, end = item["data_offsets"]
    shape = tuple(int(length) for length in item["shape"])
    size = end - begin
    items = size // _ITEM_BYTES.get(item["dtype"], 1)
    if not 0 <= begin <= end <= file.stat().st_size - data_begin or min(shape, default=0) < 0:
        raise ValueError(item)
    if item["dtype"] in _ITEM_BYTES and (items != prod(shape) or size % _ITEM_BYTES[item["dtype"]]):
        raise ValueError(item)
    return Entry(file, item["dtype"], shape, data_begin + begin, size)
