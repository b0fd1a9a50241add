"""One model's folder in the cache, and the record of what was verified there.

A file is hashed once; then its size, time of change and inode are written beside it, and as long as these three
do not change, the hash is valid. A record that cannot be read or written costs a hash, never a wrong answer.
"""

import contextlib
import json
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

from inzwa.models.checksums import Digest
from inzwa.models.pickles import refuse_pickle
from inzwa.protocols import FileInfo

RECORD: Final = ".proven.json"

Checking = Callable[[str, int], None]
"""Is called with name and bytes of each file that is about to be hashed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is not what the catalogue promises."""

    file: FileInfo
    found: Digest | None
    """None when there is no such file."""

    def __str__(self) -> str:
        expected = Digest(self.file.size, self.file.sha256)
        return f"{self.file.name}: expected {expected}, found {self.found or 'no file'}"


@dataclass(frozen=True, slots=True)
class FileState:
    """What must stay the same for a file to count as the one that was hashed."""

    sha256: str
    size: int
    """Bytes."""
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path, sha256: str) -> Self:
        stat = path.stat()
        return cls(sha256, stat.st_size, stat.st_mtime_ns, stat.st_ino)


class ModelDir:
    """The folder of one model's files. A pickle is never accepted there, whatever its digest."""

    def __init__(self, folder: Path, hash_file: Callable[[Path], Digest], record: Path | None = None) -> None:
        """`record` is where to write what was verified, when that cannot be beside the files."""
        self.folder = folder
        self._hash = hash_file
        self._record_path = record or folder / RECORD

    @property
    def source(self) -> str:
        """Where the files came from, as far as the record tells."""
        source = self._record().get("source")
        return source if isinstance(source, str) else "files found in the cache"

    def faults(self, files: Sequence[FileInfo], on_check: Checking, *, again: bool = False) -> tuple[Fault, ...]:
        """The files that are missing or damaged; `again` hashes even those that are as they were recorded."""
        recorded = self._recorded()
        trusted = {} if again else recorded
        checked = {file.name: self._check(file, trusted.get(file.name), on_check) for file in files}
        good = {name: state for name, state in checked.items() if isinstance(state, FileState)}
        if good != recorded:
            with contextlib.suppress(OSError):  # a cache that may only be read is hashed at each start
                self._write_record(self.source, good)
        return tuple(result for result in checked.values() if isinstance(result, Fault))

    def file_infos(self, names: Sequence[str], on_check: Checking) -> tuple[FileInfo, ...]:
        """What these files are now: hashed once, and again when they changed. OSError when one cannot be read."""
        recorded = self._recorded()
        states = {name: self._state(name, recorded.get(name), on_check) for name in names}
        for name in names:
            if states[name] != recorded.get(name):
                refuse_pickle(name, self.folder / name)
        if states != recorded:
            with contextlib.suppress(OSError):
                self._write_record(str(self.folder), states)
        return tuple(FileInfo(name, state.size, state.sha256) for name, state in states.items())

    def accept(self, file: FileInfo, path: Path, source: str) -> None:
        """Move a file whose digest is right to its place, atomically, and record it."""
        refuse_pickle(file.name, path)
        target = self.folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        self._write_record(source, {**self._recorded(), file.name: FileState.of(target, file.sha256)})

    def has_any(self, files: Sequence[FileInfo]) -> bool:
        return any((self.folder / file.name).exists() for file in files)

    def extra_files(self, files: Sequence[FileInfo]) -> tuple[str, ...]:
        """Names of files that lie there besides these; our own records begin with a dot and do not count."""
        names = {file.name for file in files}
        there = sorted(path.relative_to(self.folder) for path in self.folder.rglob("*") if not path.is_dir())
        visible = (path.as_posix() for path in there if not any(part.startswith(".") for part in path.parts))
        return tuple(name for name in visible if name not in names)

    def forget(self) -> None:
        """Delete the record: everything is hashed again."""
        self._record_path.unlink(missing_ok=True)

    def forget_if_gone(self) -> bool:
        """Delete the record and its folder where it is about files elsewhere, none of which is there any more.

        Whether it was.
        """
        place = Path(self.source)
        with contextlib.suppress(OSError):  # what stays does no harm
            if place.is_absolute() and not any((place / name).exists() for name in self._recorded()):
                self._record_path.unlink()
                self.folder.rmdir()
                return True
        return False

    def keep_only(self, files: Sequence[FileInfo]) -> None:
        """Delete what else lies there: files of an earlier version."""
        current = {self.folder / file.name for file in files} | {self._record_path}
        for path in self.folder.rglob("*"):
            if path.is_file() and path not in current:
                path.unlink()

    def clear(self) -> None:
        """Delete everything; a folder that does not exist is no error."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _check(self, file: FileInfo, recorded: FileState | None, on_check: Checking) -> FileState | Fault:
        if recorded and recorded.sha256 != file.sha256:
            recorded = None
        try:
            state = self._state(file.name, recorded, on_check)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return Fault(file, None)
        if (state.size, state.sha256) != (file.size, file.sha256):
            return Fault(file, Digest(state.size, state.sha256))
        if state != recorded:
            refuse_pickle(file.name, self.folder / file.name)
        return state

    def _state(self, name: str, recorded: FileState | None, on_check: Checking) -> FileState:
        """The file as it was before it was hashed, so that a write in the meantime shows; hashed unless recorded."""
        path = self.folder / name
        state = FileState.of(path, recorded.sha256 if recorded else "")
        if state == recorded:
            return state
        on_check(name, state.size)
        found = self._hash(path)
        return replace(state, sha256=found.sha256, size=found.size)

    def _recorded(self) -> dict[str, FileState]:
        """What was verified; what cannot be understood is left out."""
        files = self._record().get("files")
        states: dict[str, FileState] = {}
        for name, state in files.items() if isinstance(files, dict) else ():
            with contextlib.suppress(TypeError):
                states[name] = FileState(**state)
        return states

    def _record(self) -> dict[str, object]:
        try:
            record = json.loads(self._record_path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return record if isinstance(record, dict) else {}

    def _write_record(self, source: str, states: Mapping[str, FileState]) -> None:
        self._record_path.parent.mkdir(parents=True, exist_ok=True)
        files = {name: asdict(state) for name, state in states.items()}
        write_json(self._record_path, {"source": source, "files": files})


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """A small file, written so that a reader reads the old one or the new one whole."""
    write_text(path, json.dumps(content, indent=1))


def write_text(path: Path, text: str) -> None:
    """A small file, written as `write_json` does."""
    fresh = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
