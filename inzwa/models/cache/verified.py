"""What the cache has of a model, verified; nothing is fetched here."""

from collections.abc import Mapping
from dataclasses import dataclass

from inzwa.errors import CatalogueError, ModelCorrupt, ModelUnavailable
from inzwa.models.cache.conversion import Converts, Recipe, read_converted
from inzwa.models.cache.folder import Cache
from inzwa.models.cache.lock_file import LockFile
from inzwa.models.cache.model_dir import Checking, Fault, ModelDir
from inzwa.models.catalogue import Entry
from inzwa.models.checksums import Digest
from inzwa.models.local_model import LocalModel
from inzwa.models.signing.trust import SignaturePolicy
from inzwa.protocols import FileInfo


@dataclass(frozen=True, slots=True)
class VerifiedModels:
    """The models of one cache folder. An entry is resolved when `resolve` gave it."""

    cache: Cache
    locks: LockFile
    converters: Mapping[str, Converts]
    trust: SignaturePolicy | None = None
    """Whose signature a model needs to be found; None where none is required."""

    def resolve(self, entry: Entry) -> Entry | None:
        """The entry with every file known: by the catalogue, the disk or models.lock; None before the first pull.

        ModelCorrupt when models.lock and the catalogue disagree about a file.
        """
        if entry.folder is not None or entry.unpinned is None:
            return entry
        pin = self.locks.pin(entry.name)
        if pin is None or pin.source != entry.unpinned.title:  # another source in the catalogue means a new first pull
            return None
        _require_agreement(entry, pin.files, self.locks.path.name)
        try:
            return entry.pinned(pin)
        except (KeyError, ValueError) as error:  # a line that somebody wrote by hand
            raise self.locks.damaged(f"{entry.name}: {error!r}") from None

    def find(self, entry: Entry, on_check: Checking) -> LocalModel | None:
        """The model as an engine opens it, if all of a resolved entry is here and verified.

        ModelUntrusted when it is, without the signature that it needs.
        """
        model = self._find_unsigned(entry, on_check)
        if model is None or self.trust is None:
            return model
        return self.trust.approved(model, self.cache.signature(entry.cache_name), self.extra_files(entry, model))

    def extra_files(self, entry: Entry, model: LocalModel) -> tuple[str, ...]:
        """Files beside the model's. In a user's own folder they do not matter: the model is all that is opened."""
        return () if entry.folder else ModelDir(model.folder, self.cache.hash_file).extra_files(model.files)

    def require_signature(self, entry: Entry) -> None:
        """ModelUntrusted when a model that is not here yet could not be used if it were."""
        if self.trust is not None:
            self.trust.vouched(entry.name, self.cache.signature(entry.cache_name))

    def faults(self, entry: Entry, on_check: Checking, *, again: bool = False) -> tuple[Fault, ...]:
        """Which of the entry's own files are missing or damaged."""
        return self.model_dir(entry).faults(entry.files, on_check, again=again)

    def faults_of_all(self, entry: Entry, on_check: Checking) -> tuple[Fault, ...]:
        """The same with every file that is here hashed again, those made of others too."""
        if entry.folder is not None:
            self.cache.user_dir(entry.folder, entry.cache_name).forget()
            return ()
        raw = self.faults(entry, on_check, again=True) if self.model_dir(entry).has_any(entry.files) else ()
        made = read_converted(self.conversion_dir(entry).folder) if entry.convert else None
        return (*raw, *(self.conversion_dir(entry).faults(made.files, on_check, again=True) if made else ()))

    def has_any(self, entry: Entry) -> bool:
        """Whether anything of it lies here, damaged or not."""
        raw = self.model_dir(entry).has_any(entry.files)
        return raw or bool(entry.convert and read_converted(self.conversion_dir(entry).folder))

    def local(self, entry: Entry) -> LocalModel:
        """The entry's own files, as they came."""
        folder = self.model_dir(entry)
        return _local_model(entry, folder, entry.files, folder.source)

    def model_dir(self, entry: Entry) -> ModelDir:
        return self.cache.model_dir(entry.cache_name)

    def conversion_dir(self, entry: Entry) -> ModelDir:
        """The folder of what is, or will be, made of the entry's files."""
        return self.cache.conversion_dir(entry.cache_name, self.recipe(entry).key)

    def recipe(self, entry: Entry) -> Recipe:
        """How its files are converted. CatalogueError when there is no such converter."""
        if entry.convert not in self.converters:
            known = ", ".join(self.converters) or "none"
            raise CatalogueError(f"{entry.name}.convert: expected one of {known}, found {entry.convert!r}")
        return Recipe(entry.convert, self.converters[entry.convert].version, entry.files)

    def _find_unsigned(self, entry: Entry, on_check: Checking) -> LocalModel | None:
        if entry.folder is not None:
            return self._in_place(entry, self.cache.user_dir(entry.folder, entry.cache_name), on_check)
        if entry.convert:
            return self._converted(entry, on_check)
        return None if self.faults(entry, on_check) else self.local(entry)

    def _converted(self, entry: Entry, on_check: Checking) -> LocalModel | None:
        folder = self.conversion_dir(entry)
        made = read_converted(folder.folder)
        if made is None or folder.faults(made.files, on_check):
            return None
        return _local_model(entry, folder, made.files, f"{made.source}, made ready by {self.recipe(entry)}")

    def _in_place(self, entry: Entry, folder: ModelDir, on_check: Checking) -> LocalModel:
        try:
            files = folder.file_infos(entry.local_files, on_check)
        except OSError as error:
            raise ModelUnavailable(f"{entry.name} cannot be read: {error.strerror or error}") from error
        self.cache.forget_gone()
        return _local_model(entry, folder, files, f"the folder {entry.folder}")


def _local_model(entry: Entry, folder: ModelDir, files: tuple[FileInfo, ...], source: str) -> LocalModel:
    return LocalModel(
        name=entry.name,
        folder=folder.folder,
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
            raise ModelCorrupt(
                f"{entry.name} {file.name}: expected {Digest(file.size, file.sha256)} as the catalogue says, found "
                f"{Digest(found.size, found.sha256) if found else 'no such file'} in {lock_name}; "
                f"`python -m inzwa models update {entry.name}` pins it anew"
            )
