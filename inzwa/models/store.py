"""The models on this disk: found, fetched, proven, removed. Knows what files should be, not what they are for."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from inzwa.errors import ModelCorrupt, ModelUnavailable, UnknownModel
from inzwa.models.cache import Cache, free_bytes
from inzwa.models.catalogue import Catalogue, Entry, load_catalogue
from inzwa.models.digests import Digest, digest_of
from inzwa.models.local import LocalModel
from inzwa.models.progress import Progress, Report, silent
from inzwa.models.repair import repair
from inzwa.models.shelf import Fault


def default_cache(environ: Mapping[str, str] = os.environ) -> Path:
    """`inzwa` in the user's cache directory: below XDG_CACHE_HOME where that is set, else below ~/.cache."""
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "inzwa"


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
        """`environ` is what sources and their programs see; `hash_file` and `room` ask the disk."""
        self.catalogue = load_catalogue() if catalogue is None else catalogue
        self._cache = Cache(folder=cache, hash_file=hash_file, room=room)
        self._report = report
        self._environ = environ

    @property
    def folder(self) -> Path:
        """The cache folder."""
        return self._cache.folder

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
        with self._cache.usable():
            return None if self._faults(entry) else self._local(entry)

    def fetch(self, name: str) -> LocalModel:
        """The model: found, else brought from its sources and proven.

        ModelUnavailable when no source could be reached, ModelCorrupt when one sent other bytes than the catalogue
        promises, CacheUnusable when the cache folder cannot be written.
        """
        model = self.find(name) or self._fetch(self.entry(name))
        self._report(Progress(name, "", self.entry(name).size, self.entry(name).size, "ready"))
        return model

    def verify(self, name: str) -> LocalModel:
        """The model, every file hashed again. ModelCorrupt names each bad file; ModelUnavailable when none is here."""
        entry = self.entry(name)
        with self._cache.usable():
            if not self._cache.shelf(name).holds_any(entry.files):
                raise ModelUnavailable(f"{name} is not in the cache {self.folder}; fetch it first")
            if faults := self._faults(entry, again=True):
                raise ModelCorrupt(f"{name}: {'; '.join(map(str, faults))}. Fetch it again to mend it.")
            return self._local(entry)

    def remove(self, name: str) -> int:
        """Delete the model's files and unfinished downloads; the bytes that this freed."""
        self.entry(name)
        with self._cache.usable(), self._cache.locked(name, lambda: self._waiting(name)):
            freed_bytes = self._cache.used_bytes(name)
            self._cache.clear(name)
            return freed_bytes

    def disk_use(self) -> dict[str, int]:
        """Bytes on the disk for each model, unfinished downloads among them."""
        with self._cache.usable():
            return {name: self._cache.used_bytes(name) for name in self.names()}

    def state(self, name: str) -> str:
        """For people: `ready`, `damaged` (fetch mends it) or `not here`."""
        if self.find(name) is not None:
            return "ready"
        return "damaged" if self._cache.shelf(name).holds_any(self.entry(name).files) else "not here"

    def report_lines(self) -> list[str]:
        """One line a model for people: name, stage, state, size in megabytes, language, licence."""
        return [
            f"{entry.name:<14} {entry.stage:<4} {self.state(entry.name):<9} {entry.size / 1e6:>7.1f} MB  "
            f"{entry.language} · {entry.licence}"
            for entry in self.catalogue.values()
        ]

    def _fetch(self, entry: Entry) -> LocalModel:
        name, cache = entry.name, self._cache
        with cache.usable(), cache.locked(name, lambda: self._waiting(name)):
            if faults := self._faults(entry):  # none when another process fetched it while this one waited
                with cache.workspace(name, self._environ, self._report) as work:
                    repair(entry, faults, cache.shelf(name), work, cache.require_room)
            return self._local(entry)

    def _faults(self, entry: Entry, *, again: bool = False) -> tuple[Fault, ...]:
        def checking(file_name: str, size: int) -> None:
            self._report(Progress(entry.name, file_name, 0, size, "checking"))

        return self._cache.shelf(entry.name).faults(entry.files, checking, again=again)

    def _local(self, entry: Entry) -> LocalModel:
        shelf = self._cache.shelf(entry.name)
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

    def _waiting(self, name: str) -> None:
        self._report(Progress(name, "", 0, 0, "waiting"))
