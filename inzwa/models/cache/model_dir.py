"""One model's folder in the cache, and the record of what was proven there. Knows nothing of sources or locks.

A file is hashed once; then its size, time of change and inode are written beside it, and as long as these three
stay, the hash is taken to stay too. A record that cannot be read or written costs a hash, never a wrong answer.
"""

import contextlib
import json
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inzwa.models.checksums import Digest
from inzwa.models.pickles import refuse_pickle
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


class ModelDir:
    """The folder of one model's files. No pickle is ever proven there, whatever was promised."""

    def __init__(self, folder: Path, hash_file: Callable[[Path], Digest], record: Path | None = None) -> None:
        """`record` is where to write what was proven, when that cannot be beside the files."""
        self.folder = folder
        self._hash = hash_file
        self._record_path = record or folder / RECORD

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

    def described(self, names: Sequence[str], on_check: Callable[[str, int], None]) -> tuple[FileInfo, ...]:
        """What these files are, as they lie there: hashed once, and again when they changed. OSError without one."""
        proven = self._proven()
        seals = {name: self._found(name, proven.get(name), on_check) for name in names}
        if seals != proven:
            with contextlib.suppress(OSError):
                self._write_record(str(self.folder), seals)
        return tuple(FileInfo(name, seal["size"], seal["sha256"]) for name, seal in seals.items())

    def accept(self, file: FileInfo, made: Path, source: str) -> None:
        """Move a file whose digest was found right to its place, atomically, and record it."""
        refuse_pickle(file.name, made)
        target = self.folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)
        self._write_record(source, {**self._proven(), file.name: _seal(file.sha256, target)})

    def holds_any(self, files: Sequence[FileInfo]) -> bool:
        return any((self.folder / file.name).exists() for file in files)

    def strays(self, files: Sequence[FileInfo]) -> tuple[str, ...]:
        """Names of files that lie there besides these; our own records begin with a dot and do not count."""
        names = {file.name for file in files}
        there = sorted(path.relative_to(self.folder) for path in self.folder.rglob("*") if not path.is_dir())
        visible = (path.as_posix() for path in there if not any(part.startswith(".") for part in path.parts))
        return tuple(name for name in visible if name not in names)

    def forget(self) -> None:
        """Take nothing for proven any more."""
        self._record_path.unlink(missing_ok=True)

    def forget_gone(self) -> None:
        """Drop the record and its folder where it tells of files elsewhere, none of which is there any more."""
        place = Path(self.source)
        with contextlib.suppress(OSError):  # whatever stays serves nobody and harms nobody
            if place.is_absolute() and not any((place / name).exists() for name in self._proven()):
                self._record_path.unlink()
                self.folder.rmdir()

    def keep_only(self, files: Sequence[FileInfo]) -> None:
        """Delete what else lies there: files of an earlier version."""
        kept = {self.folder / file.name for file in files} | {self._record_path}
        for path in self.folder.rglob("*"):
            if path.is_file() and path not in kept:
                path.unlink()

    def clear(self) -> None:
        """Forget and delete everything; an empty shelf is no error."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _found(self, name: str, proven: Any, on_check: Callable[[str, int], None]) -> dict[str, Any]:
        """The file's seal from before it was hashed: who writes to it meanwhile breaks it."""
        path = self.folder / name
        seal = _seal(str(proven.get("sha256")) if isinstance(proven, dict) else "", path)
        if seal == proven:
            return seal
        on_check(name, seal["size"])
        refuse_pickle(name, path)
        found = self._hash(path)
        return {**seal, "sha256": found.sha256, "size": found.size}

    def _check(self, file: FileInfo, proven: Any, on_check: Callable[[str, int], None]) -> dict[str, Any] | Fault:
        path = self.folder / file.name
        try:
            seal = _seal(file.sha256, path)
            if seal == proven:
                return seal
            on_check(file.name, seal["size"])
            found = self._hash(path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return Fault(file, None)
        if found != Digest(file.size, file.sha256):
            return Fault(file, found)
        refuse_pickle(file.name, path)
        return seal

    def _proven(self) -> dict[str, Any]:
        files = self._record().get("files")
        return files if isinstance(files, dict) else {}

    def _record(self) -> dict[str, Any]:
        try:
            record = json.loads(self._record_path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return record if isinstance(record, dict) else {}

    def _write_record(self, source: str, files: dict[str, Any]) -> None:
        self._record_path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self._record_path, {"source": source, "files": files})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """A small file, written so that whoever reads it reads the old one or the new one whole."""
    write_text(path, json.dumps(content, indent=1))


def write_text(path: Path, text: str) -> None:
    """A small file, written as `write_json` does."""
    fresh = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _seal(sha256: str, path: Path) -> dict[str, Any]:
    """What must stay the same for the file to count as the one that was hashed."""
    stat = path.stat()
    return {"sha256": sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "inode": stat.st_ino}
