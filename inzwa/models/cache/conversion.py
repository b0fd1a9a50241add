"""What a converter makes of a model's files: made once, hashed, in a folder named after what it was made from and with.

Such a folder appears whole or not at all.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from inzwa.errors import ModelCorrupt
from inzwa.models.cache.model_dir import ModelDir, write_json
from inzwa.models.checksums import Digest
from inzwa.models.file_records import files_from_json, files_to_json
from inzwa.models.local_model import LocalModel
from inzwa.models.pickles import refuse_pickle
from inzwa.models.progress import ProgressCallback
from inzwa.protocols import FileInfo

RECORD: Final = ".made.json"


class Converts(Protocol):
    """Makes of a checkpoint the files that an engine opens."""

    @property
    def version(self) -> str:
        """Changes whenever the same checkpoint would give other bytes."""
        ...

    def __call__(self, source: LocalModel, out: Path, report: ProgressCallback) -> None:
        """Fill the empty folder `out`."""
        ...


@dataclass(frozen=True, slots=True)
class Converted:
    """What is in the folder, as it was written down when it was made."""

    source: str
    """Where the input came from."""
    files: tuple[FileInfo, ...]


def read_record(folder: Path) -> Converted | None:
    """What a conversion into this folder wrote down; None when there was none, or that cannot be understood."""
    try:
        record = json.loads((folder / RECORD).read_bytes())
        files = files_from_json(record["outputs"])
        return Converted(str(record["source"]), files) if files else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Conversion:
    """One converter, the files that it is given, and the folder for what it makes."""

    name: str
    """The converter's."""
    converter: Converts
    inputs: tuple[FileInfo, ...]
    parent: Path
    """The folder of all conversions of the model."""
    hash_file: Callable[[Path], Digest]

    @property
    def model_dir(self) -> ModelDir:
        """Its name stands for inputs, converter and version: another of these gives another."""
        inputs = sorted(f"{file.name} {file.sha256}" for file in self.inputs)
        key = hashlib.sha256("\n".join([self.name, self.converter.version, *inputs]).encode()).hexdigest()[:16]
        return ModelDir(self.parent / key, self.hash_file)

    def read(self) -> Converted | None:
        """None when nothing was made, or the record cannot be understood."""
        return read_record(self.model_dir.folder)

    def run(self, source: LocalModel, scratch: Path, report: ProgressCallback) -> None:
        """Convert into a folder of `scratch`, hash what came out, move all of it to its place, delete older ones.

        The converter's error comes out as it is; ModelCorrupt when it made nothing, or a pickle.
        """
        out, target = scratch / "converted", self.model_dir
        out.mkdir()
        self.converter(source, out, report)
        paths = [path for path in sorted(out.rglob("*")) if path.is_file()]
        outputs = [self._file_info(path.relative_to(out).as_posix(), path) for path in paths]
        if not outputs:
            raise ModelCorrupt(f"{source.name}: the converter {self} made no file")
        record = {
            "converter": self.name,
            "version": self.converter.version,
            "source": source.source,
            "inputs": files_to_json(self.inputs),
            "outputs": files_to_json(outputs),
        }
        write_json(out / RECORD, record)
        target.clear()
        self.parent.mkdir(parents=True, exist_ok=True)
        out.replace(target.folder)
        for folder in self.parent.iterdir():
            if folder != target.folder:
                shutil.rmtree(folder, ignore_errors=True)

    def __str__(self) -> str:
        return f"{self.name} {self.converter.version}"

    def _file_info(self, name: str, path: Path) -> FileInfo:
        """What the file is, once its bytes are on the disk."""
        refuse_pickle(name, path)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        digest = self.hash_file(path)
        return FileInfo(name, digest.size, digest.sha256)
