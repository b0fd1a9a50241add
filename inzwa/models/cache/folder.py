"""The cache folder: what lies where, who may write, and what its disk refuses.

`models/NAME` has files, `converted/NAME/KEY` what was made of them for an engine that cannot open them,
`derived/NAME/KEY` what was made of a model to run faster here, `signatures/NAME.json` who signed for the files,
`partial/NAME` an unfinished fetch, and `locks/NAME.lock` lets one process or thread at a time write any of these.
A fetch that is cut off at any moment leaves whole files, and in `partial` downloads that the next fetch resumes and
scratch files that it deletes.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from inzwa.errors import CacheUnusable
from inzwa.models.cache.model_dir import RECORD, ModelDir
from inzwa.models.checksums import Digest, digest_of
from inzwa.models.progress import ProgressCallback
from inzwa.models.sources.source import Workspace


def free_bytes(folder: Path) -> int:
    """Bytes that may still be written there."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """One folder that any number of processes share. `name` is a model's name as a folder's name."""

    folder: Path
    hash_file: Callable[[Path], Digest] = digest_of
    room: Callable[[Path], int] = free_bytes

    def model_dir(self, name: str) -> ModelDir:
        """The folder of the model's files."""
        return ModelDir(self.folder / "models" / name, self.hash_file)

    def user_dir(self, folder: Path, name: str) -> ModelDir:
        """A folder of the user's own as a model's folder; what was verified there is recorded in the cache."""
        return ModelDir(folder, self.hash_file, self.folder / "models" / name / RECORD)

    def forget_gone(self) -> None:
        """Delete the records of users' own files that are gone, and what was made of these: they would pile up."""
        for folder in (self.folder / "models").glob("*"):
            if self.model_dir(folder.name).forget_if_gone():
                shutil.rmtree(self.derivations(folder.name), ignore_errors=True)

    def conversions(self, name: str) -> Path:
        """The folder of all that was made of the model's files."""
        return self.folder / "converted" / name

    def derivations(self, name: str) -> Path:
        """The folder of what was made of the whole model for this machine; nobody signs for it."""
        return self.folder / "derived" / name

    def signature(self, name: str) -> Path:
        """The signed manifest of the model's files. It outlives the model, as a line in models.lock does."""
        return self.folder / "signatures" / f"{name}.json"

    def used_bytes(self, name: str) -> int:
        """What the model takes on the disk, an unfinished fetch and conversions among it."""
        files = (path for folder in self._folders(name) for path in folder.rglob("*") if path.is_file())
        return sum(path.stat().st_size for path in files)

    def clear(self, name: str) -> None:
        """Delete the model, what was made of it, and its unfinished fetch. Call it with its lock."""
        for folder in self._folders(name):
            if folder.exists():
                shutil.rmtree(folder)

    @contextmanager
    def usable(self) -> Iterator[None]:
        """The disk's errors as CacheUnusable."""
        try:
            yield
        except OSError as error:
            raise CacheUnusable(
                f"the cache folder {self.folder} cannot be used: {error.strerror or error}; "
                "make room, or set INZWA_CACHE to a folder that may be written"
            ) from error

    @contextmanager
    def locked(self, name: str, on_wait: Callable[[], None]) -> Iterator[None]:
        """The model's lock among all threads and processes. `on_wait` is called when another has it."""
        folder = self.folder / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_wait()
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def workspace(
        self,
        name: str,
        model: str,
        environ: Mapping[str, str],
        report: ProgressCallback,
        pause: Callable[[float], object],
    ) -> Iterator[Workspace]:
        """Where to fetch the model, deleted when all went well, left for the next attempt when not. Needs its lock."""
        partial = self._partial(name)
        for scratch in partial.glob("scratch-*"):  # a killed fetch may have left a pip that still writes there
            shutil.rmtree(scratch, ignore_errors=True)
        (partial / "downloads").mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=partial))
        yield Workspace(model, partial / "downloads", scratch, environ, report, pause)
        shutil.rmtree(partial, ignore_errors=True)

    def require_room(self, bytes_needed: int) -> None:
        """CacheUnusable when the disk cannot take so many bytes more."""
        if (free := self.room(self.folder)) < bytes_needed:
            raise CacheUnusable(
                f"the cache folder {self.folder} has {free / 1e6:.0f} MB left and {bytes_needed / 1e6:.0f} MB are "
                "needed; make room, or set INZWA_CACHE to a folder on another disk"
            )

    def _folders(self, name: str) -> tuple[Path, ...]:
        return self.model_dir(name).folder, self.conversions(name), self.derivations(name), self._partial(name)

    def _partial(self, name: str) -> Path:
        return self.folder / "partial" / name
