"""Size and sha256 of a file, taken where it lies or while it is written."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHUNK_BYTES: Final = 1 << 20
"""How much of a file is in memory at once."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file's bytes are."""

    size: int
    """Bytes."""
    sha256: str
    """Lower-case hexadecimal."""

    def __str__(self) -> str:
        return f"{self.size} bytes with sha256 {self.sha256}"


def digest_of(path: Path) -> Digest:
    """The digest of a file on this disk, read from its first byte to its last."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return Digest(file.tell(), sha256)


def digest_of_chunks(chunks: Iterable[bytes]) -> Digest:
    """The digest of bytes that come in pieces."""
    sha256, size = hashlib.sha256(), 0
    for chunk in chunks:
        sha256.update(chunk)
        size += len(chunk)
    return Digest(size, sha256.hexdigest())


def read_chunks(path: Path) -> Iterator[bytes]:
    """A file's bytes, a piece at a time."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def write_hashed(chunks: Iterable[bytes], target: Path, on_bytes: Callable[[int], None]) -> Digest:
    """Write the chunks to `target`, down to the disk. `on_bytes` is called with the bytes written so far, per chunk."""
    sha256, size = hashlib.sha256(), 0
    with target.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
            sha256.update(chunk)
            size += len(chunk)
            on_bytes(size)
        file.flush()
        os.fsync(file.fileno())
    return Digest(size, sha256.hexdigest())
