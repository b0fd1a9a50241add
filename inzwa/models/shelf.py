"""One model's folder in the cache, and the record of what was proven there. Knows nothing of sources or locks.

A file is hashed once; then its size, time of change and inode are written beside it, and as long as these three
stay, the hash is taken to stay too. A record that cannot be read or written costs a hash, never a wrong answer.
"""

import contextlib
import json
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inzwa.models.digests import Digest
from inzwa.protocols import FileInfo

RECORD: Final = ".proven.json"


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is not what the catalogue promises."""

    file: FileInfo
    found: Digest | None
    """None when there is no such file."""

    def __str__(self) -> str:
        expected = Digest(self.file.size, self.file.sha256)
        return f"{self.file.name}: expected {expected}, found {self.found or 'no file'}"


class Shelf:
    """The folder of one model's files."""

    def __init__(self, folder: Path, hash_file: Callable[[Path], Digest]) -> None:
        self.folder = folder
        self._hash = hash_file

    @property
    def source(self) -> str:
        """Where the files came from, as far as the record tells."""
        source = self._record().get("source")
        return source if isinstance(source, str) else "files found in the cache"

    def faults(
        self, files: Sequence[FileInfo], on_check: Callable[[str, int], None], *, again: bool = False
    ) -> tuple[Fault, ...]:
        """The files that are missing or damaged; `again` hashes even those whose record still holds.

        `on_check` hears name and bytes of each file that is about to be hashed.
        """
        proven = self._proven()
        trusted = {} if again else proven
        checked = {file.name: self._check(file, trusted.get(file.name), on_check) for file in files}
        good = {name: seal for name, seal in checked.items() if not isinstance(seal, Fault)}
        if good != proven:
            with contextlib.suppress(OSError):  # a cache that may only be read is hashed at each start
                self._write_record(self.source, good)
        return tuple(result for result in checked.values() if isinstance(result, Fault))

    def accept(self, file: FileInfo, made: Path, source: str) -> None:
        """Move a file whose digest was found right to its place, atomically, and record it."""
        target = self.folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)
        self._write_record(source, {**self._proven(), file.name: _seal(file, target)})

    def holds_any(self, files: Sequence[FileInfo]) -> bool:
        return any((self.folder / file.name).exists() for file in files)

    def clear(self) -> None:
        """Forget and delete everything; an empty shelf is no error."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _check(self, file: FileInfo, proven: Any, on_check: Callable[[str, int], None]) -> dict[str, Any] | Fault:
        path = self.folder / file.name
        try:
            seal = _seal(file, path)
            if seal == proven:
                return seal
            on_check(file.name, seal["size"])
            found = self._hash(path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return Fault(file, None)
        return seal if found == Digest(file.size, file.sha256) else Fault(file, found)

    def _proven(self) -> dict[str, Any]:
        files = self._record().get("files")
        return files if isinstance(files, dict) else {}

    def _record(self) -> dict[str, Any]:
        try:
            record = json.loads((self.folder / RECORD).read_bytes())
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def _write_record(self, source: str, files: dict[str, Any]) -> None:
        fresh = self.folder / f"{RECORD}.{uuid.uuid4().hex}"
        fresh.write_text(json.dumps({"source": source, "files": files}, indent=1), encoding="utf-8")
        fresh.replace(self.folder / RECORD)


def _seal(file: FileInfo, path: Path) -> dict[str, Any]:
    """What must stay the same for the file to count as the one that was hashed."""
    stat = path.stat()
    return {"sha256": file.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "inode": stat.st_ino}
