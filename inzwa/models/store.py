"""The models on this disk: found, fetched, verified, removed."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from inzwa.errors import ModelCorrupt, ModelUnavailable, ModelUntrusted, UnknownModel
from inzwa.models.cache.conversion import Converts
from inzwa.models.cache.derivation import Derivation
from inzwa.models.cache.fetch import Fetcher
from inzwa.models.cache.folder import Cache, free_bytes
from inzwa.models.cache.lock_file import LockFile
from inzwa.models.cache.model_dir import write_text
from inzwa.models.cache.verified import VerifiedModels
from inzwa.models.catalogue import Catalogue, Entry, cache_name, load_catalogue
from inzwa.models.checksums import Digest, digest_of
from inzwa.models.convert import CONVERTERS
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import Progress, ProgressCallback, silent
from inzwa.models.signing.keys import PrivateKey
from inzwa.models.signing.manifest import Manifest
from inzwa.models.signing.policy import SignaturePolicy
from inzwa.models.sources.direct import FORMS, direct_entry, is_direct

PERSISTENT: Final = Path("/data")
"""Where a Space's persistent storage is mounted, when it has some; its own disk is emptied at each restart."""


def default_cache(environ: Mapping[str, str] = os.environ, persistent: Path = PERSISTENT) -> Path:
    """`inzwa` in the user's cache directory: below XDG_CACHE_HOME where that is set, else below ~/.cache.

    On a Space (SPACE_ID is set) its persistent storage comes first, then HF_HOME.
    """
    if "SPACE_ID" in environ:
        if persistent.is_dir() and os.access(persistent, os.W_OK | os.X_OK):
            return persistent / "inzwa"
        if environ.get("HF_HOME"):
            return Path(environ["HF_HOME"]) / "inzwa"
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "inzwa"


class Store:
    """Every model of a catalogue, over one cache folder. Its methods block; any thread or process may call them.

    A model is named as the catalogue does, or by where it is: `hf:org/repo@revision/file`, `file:/path`,
    `wheel:name==version`, `mlflow:name@alias`.
    """

    def __init__(
        self,
        cache: Path,
        *,
        catalogue: Catalogue | None = None,
        report: ProgressCallback = silent,
        environ: Mapping[str, str] = os.environ,
        hash_file: Callable[[Path], Digest] = digest_of,
        room: Callable[[Path], int] = free_bytes,
        pause: Callable[[float], object] = time.sleep,
        converters: Mapping[str, Converts] = CONVERTERS,
        trust: SignaturePolicy | None = None,
    ) -> None:
        """`environ` is what sources and their programs see; `hash_file` and `room` ask the disk; `pause` waits so many
        seconds before another attempt; with a `trust`, models without its signature are refused."""
        self.catalogue = load_catalogue() if catalogue is None else catalogue
        self._cache = Cache(folder=cache, hash_file=hash_file, room=room)
        self._models = VerifiedModels(self._cache, LockFile(self._cache), converters, trust)
        self._fetcher = Fetcher(self._models, environ, report, pause)
        self._report = report

    @property
    def folder(self) -> Path:
        """The cache folder."""
        return self._cache.folder

    def names(self) -> tuple[str, ...]:
        """The catalogue's, in its order."""
        return tuple(self.catalogue)

    def direct_names(self) -> tuple[str, ...]:
        """Models that were named by where they are, pulled and locked. ModelCorrupt when models.lock cannot be read."""
        return tuple(name for name in self._models.locks.names() if is_direct(name))

    def entry(self, name: str) -> Entry:
        """What is known of a model before the cache is looked at. UnknownModel lists those there are."""
        if is_direct(name):
            return direct_entry(name)
        if name not in self.catalogue:
            known = ", ".join(self.catalogue)
            raise UnknownModel(f"there is no model {name!r}; the catalogue has {known}; or say where it is: {FORMS}")
        return self.catalogue[name]

    def find(self, name: str) -> LocalModel | None:
        """The model, if all its files are here and verified. Hashes only what was never hashed or has changed since.

        ModelCorrupt when models.lock cannot be read or contradicts the catalogue, ModelUntrusted when it is not signed.
        """
        entry = self.entry(name)
        with self._cache.usable():
            resolved = self._models.resolve(entry)
            return None if resolved is None else self._models.find(resolved, self._fetcher.on_check(entry))

    def fetch(self, name: str) -> LocalModel:
        """The model: found, else fetched from its sources, verified, and converted where its engine needs that.

        ModelUnavailable when no source could be reached, ModelCorrupt when one sent other bytes than it should have,
        CacheUnusable when the cache folder cannot be written, the converter's error when it could not, ModelUntrusted,
        before anything is fetched, when it is not signed.
        """
        model = self.find(name) or self._fetcher.fetch(self.entry(name))
        size = sum(file.size for file in model.files)
        self._report(Progress(name, "", size, size, "ready"))
        return model

    def derivation(self, model: LocalModel, name: str, converter: Converts) -> Derivation:
        """How this converter, called `name`, makes something else of a model that is here."""
        conversion = self._models.derivation(model, name, converter)
        return Derivation(self._fetcher, self.entry(model.name), model, conversion)

    def update(self, name: str) -> LocalModel:
        """The model as its source has it now, and models.lock with it. The old one stays whole until the new one is."""
        self._fetcher.update(self.entry(name))
        return self.fetch(name)

    def verify(self, name: str) -> LocalModel:
        """The model, every file hashed again. ModelCorrupt names each bad file; ModelUnavailable when none is here."""
        with self._cache.usable():
            entry = self.resolve(name)
            if entry is None or not (entry.folder or self._models.has_any(entry)):
                raise ModelUnavailable(f"{name} is not in the cache {self.folder}; fetch it first")
            on_check = self._fetcher.on_check(entry)
            faults = (*self._models.faults_of_all(entry, on_check), *self._models.faults_of_derived(entry, on_check))
            model = None if faults else self._models.find(entry, on_check)
        if model is None:
            reason = "; ".join(map(str, faults)) or "not whole: what its engine opens is still to be made"
            raise ModelCorrupt(f"{name}: {reason}. Fetch it again to mend it.")
        return model

    def sign(self, name: str, key: PrivateKey, name_there: str = "") -> Path:
        """Sign for the model's files, hashed anew; `name_there` is what it is called where it will be used.

        The file with the signature. Errors as for `verify`, and ModelCorrupt for a file that does not belong there.
        """
        model, signed = self.verify(name), name_there or name
        if extra := self._models.extra_files(self.entry(name), model):
            raise ModelCorrupt(f"{name}: {extra[0]}: expected no such file in {model.folder}; delete it, then sign")
        with self._cache.usable():
            path = self._cache.signature(cache_name(signed))
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, Manifest(signed, model.source, model.files).sign(key))
        return path

    def remove(self, name: str) -> int:
        """Delete the model's files and unfinished downloads, not its line in models.lock; the bytes that this freed."""
        entry = self.entry(name)
        with self._fetcher.locked(entry):
            freed_bytes = self._cache.used_bytes(entry.cache_name)
            self._cache.clear(entry.cache_name)
            return freed_bytes

    def disk_use(self) -> dict[str, int]:
        """Bytes on the disk for each model, unfinished downloads and conversions among them."""
        names = (*self.names(), *self.direct_names())
        with self._cache.usable():
            return {name: self._cache.used_bytes(self.entry(name).cache_name) for name in names}

    def resolve(self, name: str) -> Entry | None:
        """The entry with all its files, sizes and hashes known; None before the first pull has pinned them."""
        return self._models.resolve(self.entry(name))

    def state(self, name: str) -> str:
        """For people: `ready`, `damaged` (fetch mends it), `not here`, `unsigned` (or wrongly) where that matters, or
        `refused` by models.lock."""
        try:
            if self.find(name) is not None:
                return "ready"
            entry = self.resolve(name)
        except ModelUntrusted:
            return "unsigned"
        except ModelCorrupt:
            return "refused"
        return "damaged" if entry is not None and self._models.has_any(entry) else "not here"
