"""What a converter made of a model's files: made once, hashed, stored under a key of what it was made from and with.

A folder appears under its key whole or not at all.
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
class Recipe:
    """A converter by name and version, and the files it is given."""

    converter: str
    version: str
    inputs: tuple[FileInfo, ...]

    @property
    def key(self) -> str:
        """A name for the folder: other inputs, another converter or another version give another."""
        facts = [self.converter, self.version, *sorted(f"{file.name} {file.sha256}" for file in self.inputs)]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]

    def __str__(self) -> str:
        return f"{self.converter} {self.version}"


@dataclass(frozen=True, slots=True)
class Converted:
    """What is in such a folder, as it was written down when it was made."""

    source: str
    """Where the input came from."""
    files: tuple[FileInfo, ...]


def read_converted(folder: Path) -> Converted | None:
    """None when nothing was made there, or the record cannot be understood."""
    try:
        record = json.loads((folder / RECORD).read_bytes())
        files = files_from_json(record["outputs"])
        return Converted(str(record["source"]), files) if files else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def convert(
    recipe: Recipe,
    converter: Converts,
    source: LocalModel,
    target: ModelDir,
    scratch: Path,
    hash_file: Callable[[Path], Digest],
    report: ProgressCallback,
) -> None:
    """Convert into a folder of `scratch`, hash what came out, and move all of it to the target at once.

    The converter's error comes out as it is; ModelCorrupt when it made nothing, or a pickle.
    """
    out = scratch / "converted"
    out.mkdir()
    converter(source, out, report)
    made = [path for path in sorted(out.rglob("*")) if path.is_file()]
    outputs = [_file_info(path.relative_to(out).as_posix(), path, hash_file) for path in made]
    if not outputs:
        raise ModelCorrupt(f"{source.name}: the converter {recipe} made no file")
    record = {
        "converter": recipe.converter,
        "version": recipe.version,
        "source": source.source,
        "inputs": files_to_json(recipe.inputs),
        "outputs": files_to_json(outputs),
    }
    write_json(out / RECORD, record)
    target.clear()
    target.folder.parent.mkdir(parents=True, exist_ok=True)
    out.replace(target.folder)


def delete_others(conversions: Path, key: str) -> None:
    """Delete what was made of other inputs, or by another version."""
    for folder in conversions.iterdir():
        if folder.name != key:
            shutil.rmtree(folder, ignore_errors=True)


def _file_info(name: str, path: Path, hash_file: Callable[[Path], Digest]) -> FileInfo:
    """The file's digest, once its bytes are on the disk."""
    refuse_pickle(name, path)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    digest = hash_file(path)
    return FileInfo(name, digest.size, digest.sha256)
