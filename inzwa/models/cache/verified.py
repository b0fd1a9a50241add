"""What the cache has of a model, verified; nothing is fetched here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from inzwa.errors import CatalogueError, ModelCorrupt, ModelUnavailable
from inzwa.models.cache.conversion import Conversion, Converts, read_record
from inzwa.models.cache.folder import Cache
from inzwa.models.cache.lock_file import LockFile
from inzwa.models.cache.model_dir import Checking, Fault, ModelDir
from inzwa.models.catalogue import Entry, cache_name
from inzwa.models.checksums import Digest
from inzwa.models.local_model import LocalModel
from inzwa.models.signing.policy import SignaturePolicy
from inzwa.models.sources.source import Pin
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
        require_agreement(entry, pin, self.locks.path.name)
        try:
            return entry.pinned(pin)
        except (KeyError, ValueError) as error:  # a line that was edited by hand
            raise self.locks.damaged(f"{entry.name}: {error!r}") from None

    def find(self, entry: Entry, on_check: Checking) -> LocalModel | None:
        """The model as an engine opens it, if all of a resolved entry is here and verified.

        ModelUntrusted when it is, without the signature that it needs.
        """
        model = self._find_unsigned(entry, on_check)
        if model is None or self.trust is None:
            return model
        return self.trust.approve(model, self.cache.signature(entry.cache_name), self.extra_files(entry, model))

    def extra_files(self, entry: Entry, model: LocalModel) -> tuple[str, ...]:
        """Files beside the model's. In a user's own folder they do not matter: the model is all that is opened."""
        return () if entry.folder else ModelDir(model.folder, self.cache.hash_file).extra_files(model.files)

    def require_signature(self, entry: Entry) -> None:
        """ModelUntrusted when a model that is not here yet could not be used if it were."""
        if self.trust is not None:
            self.trust.manifest(entry.name, self.cache.signature(entry.cache_name))

    def faults(self, entry: Entry, on_check: Checking, *, again: bool = False) -> tuple[Fault, ...]:
        """Which of the entry's own files are missing or damaged."""
        return self.model_dir(entry).faults(entry.files, on_check, again=again)

    def faults_of_all(self, entry: Entry, on_check: Checking) -> tuple[Fault, ...]:
        """The same with every file that is here hashed again, those made of others too."""
        if entry.folder is not None:
            self.cache.user_dir(entry.folder, entry.cache_name).forget()
            return ()
        raw = self.faults(entry, on_check, again=True) if self.model_dir(entry).has_any(entry.files) else ()
        if not entry.convert or (converted := self.conversion(entry).read()) is None:
            return raw
        return (*raw, *self.conversion(entry).model_dir.faults(converted.files, on_check, again=True))

    def faults_of_derived(self, entry: Entry, on_check: Checking) -> tuple[Fault, ...]:
        """Which files that were made of the whole model are missing or damaged, each hashed again."""
        folders = [folder for folder in self.cache.derivations(entry.cache_name).glob("*") if folder.is_dir()]
        made = [(ModelDir(folder, self.cache.hash_file), read_record(folder)) for folder in folders]
        return tuple(
            fault for folder, record in made if record for fault in folder.faults(record.files, on_check, again=True)
        )

    def has_any(self, entry: Entry) -> bool:
        """Whether anything of it lies here, damaged or not."""
        return self.model_dir(entry).has_any(entry.files) or bool(entry.convert and self.conversion(entry).read())

    def local(self, entry: Entry) -> LocalModel:
        """The entry's own files, as they came."""
        folder = self.model_dir(entry)
        return _local_model(entry, folder, entry.files, folder.source)

    def model_dir(self, entry: Entry) -> ModelDir:
        return self.cache.model_dir(entry.cache_name)

    def conversion(self, entry: Entry) -> Conversion:
        """How the entry's files are converted. CatalogueError when there is no such converter."""
        if entry.convert not in self.converters:
            known = ", ".join(self.converters) or "none"
            raise CatalogueError(f"{entry.name}.convert: expected one of {known}, found {entry.convert!r}")
        parent = self.cache.conversions(entry.cache_name)
        return Conversion(entry.convert, self.converters[entry.convert], entry.files, parent, self.cache.hash_file)

    def derivation(self, model: LocalModel, name: str, converter: Converts) -> Conversion:
        """How something else is made of a model that is here."""
        parent = self.cache.derivations(cache_name(model.name))
        return Conversion(name, converter, model.files, parent, self.cache.hash_file)

    def find_derived(self, model: LocalModel, derivation: Conversion, on_check: Checking) -> LocalModel | None:
        """What was made of the model, if all of it is here and verified."""
        made, folder = derivation.read(), derivation.model_dir
        if made is None or folder.faults(made.files, on_check):
            return None
        return replace(model, folder=folder.folder, files=made.files, source=made.source)

    def _find_unsigned(self, entry: Entry, on_check: Checking) -> LocalModel | None:
        if entry.folder is not None:
            return self._in_place(entry, self.cache.user_dir(entry.folder, entry.cache_name), on_check)
        if entry.convert:
            return self._converted(entry, on_check)
        return None if self.faults(entry, on_check) else self.local(entry)

    def _converted(self, entry: Entry, on_check: Checking) -> LocalModel | None:
        conversion = self.conversion(entry)
        made, folder = conversion.read(), conversion.model_dir
        if made is None or folder.faults(made.files, on_check):
            return None
        return _local_model(entry, folder, made.files, f"{made.source}, made ready by {conversion}")

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


def require_agreement(entry: Entry, pin: Pin, where: str) -> None:
    """ModelCorrupt when a file that the catalogue knows is another one where it was found."""
    there = {file.name: file for file in pin.files}
    for file in entry.files:
        if (found := there.get(file.name)) != file:
            raise ModelCorrupt(
                f"{entry.name} {file.name}: expected {Digest(file.size, file.sha256)} as the catalogue says, found "
                f"{Digest(found.size, found.sha256) if found else 'no such file'} in {where}; "
                f"`python -m inzwa models update {entry.name}` pins it anew"
            )
