"""CTranslate2's model.bin, read variable by variable. Knows no model.

After its own writer (ctranslate2/specs/model_spec.py), version 6; every length is checked before it is used.
"""

import struct
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inzwa.errors import NotConvertible

VERSION: Final = 6
_KINDS: Final = ("<f4", "i1", "<i2", "<i4", "<f2")
_FLOATS: Final = ("<f4", "<f2")
_MOST: Final = 100_000
"""Variables; large Whispers have about a thousand."""

Values = npt.NDArray[Any]


class Ct2File:
    """A model's variables, mapped and not copied."""

    def __init__(self, path: Path) -> None:
        """NotConvertible where the file is damaged or of another version."""
        self.name = path.name
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.zeros(0, np.uint8)
        self._at = 0
        try:
            self._variables = self._read()
        except (struct.error, ValueError, IndexError) as error:
            raise NotConvertible(f"{self.name}: expected CTranslate2's format {VERSION}, found {error}") from error

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self._bytes.size

    def has(self, name: str) -> bool:
        """Whether it is stored, and not an alias of another variable."""
        return name in self._variables

    def number(self, name: str) -> int:
        """A variable that is one number."""
        return int(self._variable(name).item())

    def weights(self, name: str) -> Values:
        """A variable of floats. NotConvertible where it was made smaller (INT8)."""
        found = self._variable(name)
        if found.dtype.str not in _FLOATS:
            raise NotConvertible(f"{self.name}: {name}: expected float16 or float32, found {found.dtype}")
        return found

    def layers(self, part: str) -> int:
        """How many layers the part has."""
        return len(
            {name.split("/")[1] for name in self._variables if name.startswith(f"{part}/layer_") and "/ffn/" in name}
        )

    def _variable(self, name: str) -> Values:
        if name not in self._variables:
            raise NotConvertible(f"{self.name}: expected a variable {name!r}, found none among {len(self._variables)}")
        return self._variables[name]

    def _read(self) -> dict[str, Values]:
        if (version := self._take("I")) != VERSION:
            raise ValueError(f"version {version}")
        self._text()
        self._take("I")
        count = self._take("I")
        if count > _MOST:
            raise ValueError(f"{count} variables")
        return dict(self._next() for _ in range(count))

    def _next(self) -> tuple[str, Values]:
        name = self._text()
        shape = tuple(self._take("I") for _ in range(self._take("B")))
        kind, size = np.dtype(_KINDS[self._take("B")]), self._take("I")
        if size != prod(shape) * kind.itemsize or self._at + size > self._bytes.size:
            raise ValueError(f"{size} bytes of {name!r}, which is {list(shape)}")
        self._at += size
        return name, self._bytes[self._at - size : self._at].view(kind).reshape(shape)

    def _take(self, form: str) -> int:
        (value,) = struct.unpack_from(f"<{form}", self._bytes, self._at)
        self._at += struct.calcsize(form)
        return value

    def _text(self) -> str:
        length = self._take("H")
        self._at += length
        return bytes(self._bytes[self._at - length : self._at - 1]).decode()
