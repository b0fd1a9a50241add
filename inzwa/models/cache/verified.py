"""What the cache holds of an entry, proven. Brings nothing: knows the cache, the lock file and what was converted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from inzwa.errors import CatalogueError, ModelCorrupt, ModelUnavailable
from inzwa.models.cache.conversion import Converts, Recipe, read_made
from inzwa.models.cache.folder import Cache
from inzwa.models.cache.lock_file import LockFile
from inzwa.models.cache.model_dir import Fault, ModelDir
from inzwa.models.catalogue import Entry
from inzwa.models.checksums import Digest
from inzwa.models.local_model import LocalModel
from inzwa.models.signing.trust import SignaturePolicy
from inzwa.protocols import FileInfo

Checking = Callable[[str, int], None]
"""Hears name and bytes of each file that is about to be hashed."""


@dataclass(frozen=True, slots=True)
class VerifiedModels:
    """The shelves of one cache folder, and what may stand on them."""

    cache: Cache
    locks: LockFile
    converters: Mapping[str, Converts]
    trust: SignaturePolicy | None = None
    """Whose signature a model needs to be found; None where none is required."""

    def settled(self, entry: Entry) -> Entry | None:
        """The entry with every file known: by the catalogue, the disk or models.lock; None before the first pull.

        ModelCorrupt when models.lock and the catalogue disagree about a file.
        """
        if entry.folder is not None or entry.place is None:
            return entry
        pin = self.locks.pin(entry.name)
        if pin is None or pin.place != entry.place.title:  # a catalogue that says another place means a new first pull
            return None
        _require_agreement(entry, pin.files, self.locks.path.name)
        try:
            return entry.held_to(pin)
        except (KeyError, ValueError) as error:  # a line that somebody wrote by hand
            raise self.locks.spoilt(f"{entry.name}: {error!r}") from None

    def found(self, entry: Entry, checking: Checking) -> LocalModel | None:
        """The model as an engine opens it, if all of it is here and proven. `entry` is settled.

        ModelUntrusted when it is, and nobody who counts has signed for it.
        """
        model = self._whole(entry, checking)
        if model is None or self.trust is None:
            return model
        return self.trust.approved(model, self.cache.signature(entry.shelf), self.strays(entry, model))

    def strays(self, entry: Entry, model: LocalModel) -> tuple[str, ...]:
        """Files beside the model's that nobody asked for. In a user's own folder the model is all that is opened."""
        return () if entry.folder else ModelDir(model.folder, self.cache.hash_file).strays(model.files)

    def require_vouched(self, entry: Entry) -> None:
        """ModelUntrusted when a model that is not here yet could not be used if it were."""
        if self.trust is not None:
            self.trust.vouched(entry.name, self.cache.signature(entry.shelf))

    def faults(self, entry: Entry, checking: Checking, *, again: bool = False) -> tuple[Fault, ...]:
        """Which of the entry's own files are missing or damaged."""
        return self.shelf(entry).faults(entry.files, checking, again=again)

    def verified(self, entry: Entry, checking: Checking) -> tuple[Fault, ...]:
        """Every file that is here for the entry hashed again, those made of others too."""
        if entry.folder is not None:
            self.cache.shelf_at(entry.folder, entry.shelf).forget()
            return ()
        shelf = self.shelf(entry)
        raw = self.faults(entry, checking, again=True) if shelf.holds_any(entry.files) else ()
        made = read_made(self.conversion(entry).folder) if entry.convert else None
        return (*raw, *(self.conversion(entry).faults(made.files, checking, again=True) if made else ()))

    def holds_any(self, entry: Entry) -> bool:
        """Whether anything of it lies here, damaged or not."""
        raw = self.shelf(entry).holds_any(entry.files)
        return raw or bool(entry.convert and read_made(self.conversion(entry).folder))

    def local(self, entry: Entry) -> LocalModel:
        """The entry's own files, as they came."""
        shelf = self.shelf(entry)
        return _described(entry, shelf, entry.files, shelf.source)

    def shelf(self, entry: Entry) -> ModelDir:
        return self.cache.shelf(entry.shelf)

    def conversion(self, entry: Entry) -> ModelDir:
        """Where that stands, or shall stand, which is made of the entry's files."""
        return self.cache.conversion(entry.shelf, self.recipe(entry).key)

    def recipe(self, entry: Entry) -> Recipe:
        """How its files are made. CatalogueError when there is no such converter."""
        if entry.convert not in self.converters:
            known = ", ".join(self.converters) or "none"
            raise CatalogueError(f"{entry.name}.convert: expected one of {known}, found {entry.convert!r}")
        return Recipe(entry.convert, self.converters[entry.convert].version, entry.files)

    def _whole(self, entry: Entry, checking: Checking) -> LocalModel | None:
        if entry.folder is not None:
            return self._in_place(entry, checking)
        if entry.convert:
            return self._converted(entry, checking)
        return None if self.faults(entry, checking) else self.local(entry)

    def _converted(self, entry: Entry, checking: Checking) -> LocalModel | None:
        shelf = self.conversion(entry)
        made = read_made(shelf.folder)
        if made is None or shelf.faults(made.files, checking):
            return None
        return _described(entry, shelf, made.files, f"{made.source}, made ready by {self.recipe(entry)}")

    def _in_place(self, entry: Entry, checking: Checking) -> LocalModel:
        assert entry.folder is not None
        shelf = self.cache.shelf_at(entry.folder, entry.shelf)
        try:
            files = shelf.described(entry.loose, checking)
        except OSError as error:
            raise ModelUnavailable(f"{entry.name} cannot be read: {error.strerror or error}") from error
        self.cache.forget_gone()
        return _described(replace(entry, files=files), shelf, files, f"the folder {entry.folder}")


def _described(entry: Entry, shelf: ModelDir, files: tuple[FileInfo, ...], source: str) -> LocalModel:
    return LocalModel(
        name=entry.name,
        folder=shelf.folder,
        files=files,
        licence=entry.licence,
        consequence=entry.consequence,
        language=entry.language,
        source=source,
        facts=dict(entry.facts),
    )


def _require_agreement(entry: Entry, locked: tuple[FileInfo, ...], lock_name: str) -> None:
    there = {file.name: file for file in locked}
    for file in entry.files:
        if (found := there.get(file.name)) != file:
            said = Digest(found.size, found.sha256) if found else "no such file"
            raise ModelCorrupt(
                f"{entry.name} {file.name}: expected {Digest(file.size, file.sha256)} as the catalogue says, found "
                f"{said} in {lock_name}; `python -m inzwa models update {entry.name}` pins it anew"
            )
