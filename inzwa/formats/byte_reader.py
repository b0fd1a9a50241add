"""A binary file read from front to back, little-endian."""

import mmap
import struct
from pathlib import Path


class ByteReader:
    """A position in a file that is mapped into memory. ValueError where the file ends before what is asked for."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._position = 0

    def skip(self, size: int) -> int:
        """Step over that many bytes; where they begin."""
        begin = self._position
        if begin + size > len(self.data):
            raise ValueError("it ends in the middle of a field")
        self._position += size
        return begin

    def number(self, form: str) -> int | float | bool:
        """One value of this letter of `struct`."""
        form = f"<{form}"
        value: int | float | bool = struct.unpack_from(form, self.data, self.skip(struct.calcsize(form)))[0]
        return value

    def integer(self, form: str) -> int:
        return int(self.number(form))

    def bytes(self, size: int) -> bytes:
        begin = self.skip(size)
        return self.data[begin : begin + size]
