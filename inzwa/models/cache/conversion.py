"""What a converter made of a model's files: made once, hashed, kept under a key of what it was made from and with.

Knows no converter. A folder appears under its key whole or not at all.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from inzwa.errors import ModelCorrupt
from inzwa.models.cache.model_dir import ModelDir, write_json
from inzwa.models.checksums import Digest
from inzwa.models.local_model import LocalModel
from inzwa.models.pickles import refuse_pickle
from inzwa.models.progress import ProgressCallback
from inzwa.models.toml_table import described_file
from inzwa.protocols import FileInfo

MADE: Final = ".made.json"


class Converts(Protocol):
    """Makes of a checkpoint the files that an engine opens."""

    version: str
    """Changes whenever the same checkpoint would give other bytes."""

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
        said = [self.converter, self.version, *sorted(f"{file.name} {file.sha256}" for file in self.inputs)]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]

    def __str__(self) -> str:
        return f"{self.converter} {self.version}"


@dataclass(frozen=True, slots=True)
class Made:
    """What stands in such a folder, as it was written down when it was made."""

    source: str
    """Where the input came from."""
    files: tuple[FileInfo, ...]


def read_made(folder: Path) -> Made | None:
    """None when nothing was made there, or nobody can tell what."""
    try:
        said = json.loads((folder / MADE).read_bytes())
        files = tuple(described_file(name, one) for name, one in said["outputs"].items())
        return Made(str(said["source"]), files) if files else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def make(
    recipe: Recipe,
    convert: Converts,
    source: LocalModel,
    shelf: ModelDir,
    scratch: Path,
    hash_file: Callable[[Path], Digest],
    report: ProgressCallback,
) -> None:
    """Convert into a folder of `scratch`, hash what came out, and move all of it to the shelf at once.

    The converter's error comes out as it is; ModelCorrupt when it made nothing, or a pickle.
    """
    out = scratch / "converted"
    out.mkdir()
    convert(source, out, report)
    outputs = _hashed(out, hash_file)
    if not outputs:
        raise ModelCorrupt(f"{source.name}: the converter {recipe} made no file")
    write_json(out / MADE, _record(recipe, source, outputs))
    shelf.clear()
    shelf.folder.parent.mkdir(parents=True, exist_ok=True)
    out.replace(shelf.folder)


def forget_others(conversions: Path, key: str) -> None:
    """Delete what was made of other inputs, or by another version."""
    for folder in conversions.iterdir():
        if folder.name != key:
            shutil.rmtree(folder, ignore_errors=True)


def _hashed(out: Path, hash_file: Callable[[Path], Digest]) -> list[FileInfo]:
    files = []
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        name = path.relative_to(out).as_posix()
        refuse_pickle(name, path)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        digest = hash_file(path)
        files.append(FileInfo(name, digest.size, digest.sha256))
    return files


def _record(recipe: Recipe, source: LocalModel, outputs: Sequence[FileInfo]) -> Mapping[str, Any]:
    return {
        "converter": recipe.converter,
        "version": recipe.version,
        "source": source.source,
        "inputs": {file.name: {"size": file.size, "sha256": file.sha256} for file in recipe.inputs},
        "outputs": {file.name: {"size": file.size, "sha256": file.sha256} for file in outputs},
    }
