"""Checkpoints in safetensors, read tensor by tensor into float32."""

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Final

import ml_dtypes
import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from inzwa.errors import NotConvertible

_FLOATS: Final[Mapping[str, npt.DTypeLike]] = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "BF16": ml_dtypes.bfloat16,
}
"""NumPy has BF16 once ml_dtypes is imported."""

_LENGTH_BYTES: Final = 8
"""A file begins with the length of its header."""

Weights = npt.NDArray[np.float32]


class Tensors:
    """A checkpoint's tensors, in one file or in shards. Holds headers only; each `read` goes to the disk."""

    def __init__(self, files: Sequence[Path]) -> None:
        """NotConvertible where a file is damaged, or two files have one name."""
        self._shards: dict[str, tuple[Path, safe_open]] = {}
        self.total_size = sum(map(_data_size, files))
        """Bytes of all tensors on the disk."""
        for path in files:
            shard = _opened(path)
            for name in shard.offset_keys():
                if name in self._shards:
                    raise NotConvertible(f"{path.name}: expected {name!r} in one file, found it in several")
                self._shards[name] = path, shard

    def __contains__(self, name: str) -> bool:
        return name in self._shards

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._shard(name)[1].get_slice(name).get_shape())

    def read(self, name: str) -> Weights:
        """The tensor as float32. NotConvertible where it is absent, of another kind, or holds infinity or NaN."""
        path, shard = self._shard(name)
        if (dtype := shard.get_slice(name).get_dtype()) not in _FLOATS:
            raise NotConvertible(f"{path.name}: {name}: expected one of {', '.join(_FLOATS)}, found {dtype}")
        values: Weights = shard.get_tensor(name).astype(np.float32, copy=False)
        if not np.isfinite(values).all():
            raise NotConvertible(f"{path.name}: {name}: expected numbers, found infinity or NaN")
        return values

    def size(self, name: str) -> int:
        """Bytes on the disk of a tensor that can be read."""
        dtype: str = self._shard(name)[1].get_slice(name).get_dtype()
        return prod(self.shape(name)) * np.dtype(_FLOATS[dtype]).itemsize

    def _shard(self, name: str) -> tuple[Path, safe_open]:
        try:
            return self._shards[name]
        except KeyError:
            raise NotConvertible(f"expected a tensor {name!r}, found none among {len(self._shards)}") from None


def _opened(path: Path) -> safe_open:
    try:
        return safe_open(path, framework="numpy", backend="pread")  # a mapped file counts as memory of this process
    except SafetensorError as error:
        raise NotConvertible(f"{path.name}: expected a safetensors file, found a damaged one ({error})") from error


def _data_size(path: Path) -> int:
    with path.open("rb") as file:
        return path.stat().st_size - _LENGTH_BYTES - int.from_bytes(file.read(_LENGTH_BYTES), "little")
