"""Rows of a matrix in a file, read when they are asked for: nothing of it stays in this process's memory."""

import os
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matrix lies in a file, row after row."""

    begin: int
    """Its first byte."""
    rows: int
    width: int
    dtype: "np.dtype[Any]"


class FileRows:
    """The file stays open, so it may be moved or deleted meanwhile. Threadsafe."""

    def __init__(self, path: Path, place: Place) -> None:
        self._place = place
        self._file = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)

    def read(self, numbers: Iterable[int]) -> npt.NDArray[np.float32]:
        """The rows of these numbers, shape (numbers, width). IndexError for one that there is not."""
        return np.stack([self._row(number) for number in numbers])

    def _row(self, number: int) -> npt.NDArray[np.float32]:
        place = self._place
        if not 0 <= number < place.rows:
            raise IndexError(f"row {number} of {place.rows}")
        size = place.width * place.dtype.itemsize
        data = os.pread(self._file, size, place.begin + number * size)
        return np.frombuffer(data, place.dtype, place.width).astype(np.float32)
