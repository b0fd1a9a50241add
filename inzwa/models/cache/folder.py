"""The cache folder: what lies where, who may write, and what its disk refuses. Knows nothing of the catalogue.

`models/NAME` holds files, `converted/NAME/KEY` what was made of them, `signatures/NAME.json` who vouches for them,
`partial/NAME` an unfinished fetch, and `locks/NAME.lock` lets one process or thread at a time write any of these.
Whatever is cut off at any moment leaves whole files, or litter in `partial` that the next fetch clears; downloads are
gone on with where they stopped.
"""

import shutil
import tempfile
import time
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
    """One folder that any number of processes share."""

    folder: Path
    hash_file: Callable[[Path], Digest] = digest_of
    room: Callable[[Path], int] = free_bytes

    def shelf(self, name: str) -> ModelDir:
        """Where the model's files stand."""
        return ModelDir(self.folder / "models" / name, self.hash_file)

    def shelf_at(self, folder: Path, name: str) -> ModelDir:
        """A folder of the user's own as a shelf; what was proven there is written down in the cache."""
        return ModelDir(folder, self.hash_file, self.folder / "models" / name / RECORD)

    def forget_gone(self) -> None:
        """Drop what was written down of users' own files that are gone: paths change, and it would pile up."""
        for folder in (self.folder / "models").glob("*"):
            self.shelf(folder.name).forget_gone()

    def conversions(self, name: str) -> Path:
        """The folder of all that was made of the model's files."""
        return self.folder / "converted" / name

    def conversion(self, name: str, key: str) -> ModelDir:
        """Where the files stand that one converter made of one input; `key` tells both."""
        return ModelDir(self.conversions(name) / key, self.hash_file)

    def signature(self, name: str) -> Path:
        """Where the signed manifest of the model's files lies. It outlives the model, as a line in models.lock does."""
        return self.folder / "signatures" / f"{name}.json"

    def used_bytes(self, name: str) -> int:
        """What the model takes on the disk, an unfinished fetch among it."""
        return sum(map(_size, self._folders(name)))

    def clear(self, name: str) -> None:
        """Delete the model, what was made of it, and its unfinished fetch. Under its lock."""
        for folder in self._folders(name):
            if folder.exists():
                shutil.rmtree(folder)

    def _folders(self, name: str) -> tuple[Path, ...]:
        return self.shelf(name).folder, self.conversions(name), self._partial(name)

    @contextmanager
    def usable(self) -> Iterator[None]:
        """The disk's refusals as CacheUnusable."""
        try:
            yield
        except OSError as error:
            raise CacheUnusable(
                f"the cache folder {self.folder} cannot be used: {error.strerror or error}; "
                "make room, or set INZWA_CACHE to a folder that may be written"
            ) from error

    @contextmanager
    def locked(self, name: str, on_wait: Callable[[], None]) -> Iterator[None]:
        """Alone with this model among all threads and processes. `on_wait` is called when another is at it."""
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
        environ: Mapping[str, str],
        report: ProgressCallback,
        pause: Callable[[float], object] = time.sleep,
        title: str = "",
    ) -> Iterator[Workspace]:
        """A place to fetch the model in, cleared when all went well, kept for the next try when not. Under its lock."""
        partial = self._partial(name)
        for litter in partial.glob("scratch-*"):  # a killed fetch may have left a pip that still writes there
            shutil.rmtree(litter, ignore_errors=True)
        (partial / "downloads").mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=partial))
        yield Workspace(title or name, partial / "downloads", scratch, environ, report, pause)
        shutil.rmtree(partial, ignore_errors=True)

    def require_room(self, bytes_needed: int) -> None:
        """CacheUnusable when the disk cannot hold so much more."""
        if (free := self.room(self.folder)) < bytes_needed:
            raise CacheUnusable(
                f"the cache folder {self.folder} has {free / 1e6:.0f} MB left and {bytes_needed / 1e6:.0f} MB are "
                "needed; make room, or set INZWA_CACHE to a folder on another disk"
            )

    def _partial(self, name: str) -> Path:
        return self.folder / "partial" / name


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
