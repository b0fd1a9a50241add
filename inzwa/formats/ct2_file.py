"""CTranslate2's model.bin, read variable by variable: version 6, as ctranslate2/specs/model_spec.py writes it."""

from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inzwa.errors import NotConvertible
from inzwa.formats.byte_reader import ByteReader
from inzwa.formats.file_rows import FileRows, Place

VERSION: Final = 6
_DTYPES: Final = ("<f4", "i1", "<i2", "<i4", "<f2")
_FLOATS: Final = ("<f4", "<f2")
_MAX_VARIABLES: Final = 100_000
"""Large Whispers have about a thousand."""

Values = npt.NDArray[np.floating]
_Variable = npt.NDArray[Any]
"""The file decides on the dtype."""


class Ct2File:
    """A model's variables, mapped into memory and not copied."""

    def __init__(self, path: Path) -> None:
        """NotConvertible where the file is damaged or of another version."""
        self.name, self._path = path.name, path
        self.size = path.stat().st_size
        """Bytes on the disk."""
        try:
            self._variables, self._begins = _variables(ByteReader(path))
        except (ValueError, IndexError) as error:
            raise NotConvertible(f"{self.name}: expected CTranslate2's format {VERSION}, found {error}") from error

    def has(self, name: str) -> bool:
        """Whether it is stored, and not an alias of another variable."""
        return name in self._variables

    def number(self, name: str) -> int:
        """A variable that is one number."""
        return int(self._variable(name).item())

    def weights(self, name: str) -> Values:
        """A variable of floats. NotConvertible where it is quantised (INT8)."""
        found = self._variable(name)
        if found.dtype.str not in _FLOATS:
            raise NotConvertible(f"{self.name}: {name}: expected float16 or float32, found {found.dtype}")
        return found

    def rows(self, name: str) -> FileRows:
        """A matrix of floats, to be read row by row without this object. NotConvertible where it is none."""
        found = self.weights(name)
        if found.ndim != 2:
            raise NotConvertible(f"{self.name}: {name}: expected a matrix, found the shape {found.shape}")
        rows, width = found.shape
        return FileRows(self._path, Place(self._begins[name], rows, width, found.dtype))

    def layers(self, part: str) -> int:
        """How many layers the part has."""
        return len(
            {name.split("/")[1] for name in self._variables if name.startswith(f"{part}/layer_") and "/ffn/" in name}
        )

    def _variable(self, name: str) -> _Variable:
        if name not in self._variables:
            raise NotConvertible(f"{self.name}: expected a variable {name!r}, found none among {len(self._variables)}")
        return self._variables[name]


def _variables(reader: ByteReader) -> tuple[dict[str, _Variable], dict[str, int]]:
    """By name, and where each begins. ValueError or IndexError where the bytes are no model.bin."""
    if (version := reader.integer("I")) != VERSION:
        raise ValueError(f"version {version}")
    _text(reader)
    reader.integer("I")
    if (count := reader.integer("I")) > _MAX_VARIABLES:
        raise ValueError(f"{count} variables")
    found = [_next(reader) for _ in range(count)]
    return {name: values for name, values, _ in found}, {name: begin for name, _, begin in found}


def _next(reader: ByteReader) -> tuple[str, _Variable, int]:
    name = _text(reader)
    shape = [reader.integer("I") for _ in range(reader.integer("B"))]
    dtype, size = np.dtype(_DTYPES[reader.integer("B")]), reader.integer("I")
    if size != prod(shape) * dtype.itemsize:
        raise ValueError(f"{size} bytes of {name!r}, which is {shape}")
    begin = reader.skip(size)
    return name, np.frombuffer(reader.data, dtype, prod(shape), begin).reshape(shape), begin


def _text(reader: ByteReader) -> str:
    """A NUL ends it."""
    return reader.bytes(reader.integer("H"))[:-1].decode()
