"""The source `package`: data files of a distribution that is installed here, read without importing it."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Self

from inzwa.errors import ModelUnavailable
from inzwa.models.checksums import CHUNK_BYTES, write_hashed
from inzwa.models.sources.source import Made, Workspace
from inzwa.models.toml_table import TomlTable, is_file_name
from inzwa.protocols import FileInfo


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A model's files among the files of one installed distribution."""

    name: str
    """The distribution's name, as pip knows it."""
    paths: Mapping[str, str]
    """The model's file to its path below the folder that holds installed packages."""

    @classmethod
    def read(cls, table: TomlTable) -> Self:
        table.only("kind", "name", "gives")
        paths = table.texts("gives")
        for file, path in paths.items():
            if not is_file_name(path):
                table.table("gives").refuse(file, "a path below the folder of installed packages")
        return cls(table.text("name"), paths)

    @property
    def title(self) -> str:
        installed = self._distribution()
        return f"package {self.name}{'==' + installed.version if installed else ''}"

    @property
    def gives(self) -> frozenset[str]:
        return frozenset(self.paths)

    def download_bytes(self, files: Sequence[FileInfo]) -> int:
        return 0

    def bring(self, files: Sequence[FileInfo], work: Workspace) -> Generator[Made, None, None]:
        installed = self._distribution()
        if installed is None:
            raise ModelUnavailable(f"the package {self.name} is not installed")
        for file in files:
            path = Path(str(installed.locate_file(self.paths[file.name])))
            if not path.is_file():
                raise ModelUnavailable(f"the {self.title} has no file {self.paths[file.name]}")
            yield _copy(path, file, work)

    def _distribution(self) -> Distribution | None:
        try:
            return distribution(self.name)
        except PackageNotFoundError:
            return None


def _copy(path: Path, file: FileInfo, work: Workspace) -> Made:
    target = work.scratch / file.sha256
    digest = write_hashed(chunks_of(path), target, lambda done: work.tell(file.name, done, file.size, "joining"))
    return Made(file, target, digest)


def chunks_of(path: Path) -> Iterator[bytes]:
    """A file's bytes, a piece at a time."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
