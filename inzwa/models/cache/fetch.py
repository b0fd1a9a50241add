"""Fetches a model into the cache with its lock: pins it where its files were not known, mends, converts, records."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from inzwa.errors import ModelCorrupt, ModelError, ModelUnavailable, ModelUntrusted
from inzwa.models.cache.model_dir import Checking, Fault
from inzwa.models.cache.verified import VerifiedModels, require_agreement
from inzwa.models.catalogue import Entry
from inzwa.models.checksums import Digest
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import Progress, ProgressCallback
from inzwa.models.sources.source import FetchedFile, Pin, Source, UnpinnedSource, Workspace
from inzwa.protocols import FileInfo

REMEDY: Final = "Fetch it once where its source can be reached, or set INZWA_CACHE to a folder that already holds it."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches into one cache folder."""

    models: VerifiedModels
    environ: Mapping[str, str]
    report: ProgressCallback
    pause: Callable[[float], object]
    """Waits so many seconds before another attempt."""

    def fetch(self, entry: Entry) -> LocalModel:
        """The model whole: what is missing is fetched, what is here is left. Errors as Store.fetch has them."""
        with self.locked(entry):
            resolved = self.models.resolve(entry)  # anew: another process may have fetched it while this one waited
            if resolved is not None and (model := self.models.find(resolved, self.on_check(entry))):
                return model
            self.models.require_signature(entry)
            with self.workspace(entry) as work:
                return self._fetch(entry, resolved, work)

    def update(self, entry: Entry) -> None:
        """Pin an unpinned entry as its source has it now, and replace the old files: all new ones are here by then."""
        if entry.unpinned is None:
            return
        if self.models.trust is not None:
            raise ModelUntrusted(
                f"{entry.name} is not updated where signatures are required: update and sign it where none is"
            )
        with self.locked(entry), self.workspace(entry) as work:
            pin = self._pin(entry, entry.unpinned, work)
            source, folder = entry.unpinned.pinned(pin), self.models.model_dir(entry)
            self.models.cache.require_room(_missing_bytes(source, pin.files, work))
            with closing(source.fetch(pin.files, work)) as files:
                fetched = list(files)
            for file in fetched:
                _require_right(file, source.title)
            for file in fetched:
                folder.accept(file.file, file.path, source.title)
            folder.keep_only(pin.files)
            self.models.locks.write(entry.name, pin)

    @contextmanager
    def locked(self, entry: Entry) -> Iterator[None]:
        """With the model's lock; the disk's errors as CacheUnusable."""

        def waiting() -> None:
            self.report(Progress(entry.name, "", 0, 0, "waiting"))

        with self.models.cache.usable(), self.models.cache.locked(entry.cache_name, waiting):
            yield

    def on_check(self, entry: Entry) -> Checking:
        """Reports each file that is about to be hashed."""
        return lambda file, size: self.report(Progress(entry.name, file, 0, size, "checking"))

    @contextmanager
    def workspace(self, entry: Entry) -> Iterator[Workspace]:
        """Where to work on the model; needs its lock."""
        cache = self.models.cache
        with cache.workspace(entry.cache_name, entry.name, self.environ, self.report, self.pause) as work:
            yield work

    def _fetch(self, entry: Entry, resolved: Entry | None, work: Workspace) -> LocalModel:
        pin = self._pin(entry, entry.unpinned, work) if resolved is None and entry.unpinned else None
        known = entry.pinned(pin) if pin else resolved or entry
        if faults := self.models.faults(known, self.on_check(entry)):
            self._mend(known, faults, work)
        if pin:
            self.models.locks.write(entry.name, pin)
        if known.convert:
            self.models.cache.require_room(known.size)  # what comes out is smaller than what went in
            self.models.conversion(known).run(self.models.local(known), work.scratch, self.report)
        model = self.models.find(known, self.on_check(entry))
        if model is None:
            raise ModelUnavailable(f"{entry.name} was fetched and is gone again: something else writes to the cache")
        return model

    def _pin(self, entry: Entry, unpinned: UnpinnedSource, work: Workspace) -> Pin:
        pin = unpinned.pin(work)
        require_agreement(entry, pin, f"the {unpinned.title}")
        return pin

    def _mend(self, entry: Entry, faults: Sequence[Fault], work: Workspace) -> None:
        """Fetch the missing and damaged files from the first source that has them, each accepted once it is right.

        ModelUnavailable or ModelCorrupt when no source would do. The room on the disk is looked at before a source is
        asked, and again when it failed, because a full disk is then the truer reason.
        """
        for fault in faults:
            if fault.found is not None:
                log.warning("%s is damaged and is fetched again: %s", entry.name, fault)
        files, reasons = [fault.file for fault in faults], list[ModelError]()
        for source in entry.sources:
            self.models.cache.require_room(_missing_bytes(source, files, work))
            try:
                return self._fetch_from(source, entry, files, work)
            except (ModelUnavailable, ModelCorrupt) as error:
                self.models.cache.require_room(_missing_bytes(source, files, work))
                reasons.append(error)
        raise _no_source(entry.name, reasons)

    def _fetch_from(self, source: Source, entry: Entry, files: Sequence[FileInfo], work: Workspace) -> None:
        title = source.title
        with closing(source.fetch(files, work)) as fetched:
            for file in fetched:
                _require_right(file, title)
                self.models.model_dir(entry).accept(file.file, file.path, title)


def _missing_bytes(source: Source, files: Sequence[FileInfo], work: Workspace) -> int:
    """What the disk must still take: less what an earlier attempt left there."""
    here_bytes = sum(path.stat().st_size for path in work.downloads.iterdir())
    return max(0, source.download_bytes(files) + sum(file.size for file in files) - here_bytes)


def _require_right(fetched: FetchedFile, title: str) -> None:
    expected = Digest(fetched.file.size, fetched.file.sha256)
    if fetched.digest != expected:
        raise ModelCorrupt(f"{fetched.file.name} from the {title}: expected {expected}, found {fetched.digest}")


def _no_source(name: str, reasons: Sequence[ModelError]) -> ModelError:
    """Why no source would do: wrong bytes weigh more than no bytes."""
    all_reasons = "; ".join(reason.message for reason in reasons)
    if any(isinstance(reason, ModelCorrupt) for reason in reasons):
        return ModelCorrupt(f"{name} was fetched and refused: {all_reasons}")
    return ModelUnavailable(f"{name} is not in the cache and cannot be fetched: {all_reasons}. {REMEDY}")
