"""The source `package`: data files of a distribution that is installed here, read without importing it."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Self

from inzwa.errors import ModelUnavailable
from inzwa.models.checksums import read_chunks
from inzwa.models.sources.source import FetchedFile, Workspace
from inzwa.models.toml_table import TomlTable
from inzwa.protocols import FileInfo


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A model's files among the files of one installed distribution."""

    name: str
    """The distribution's name, as pip knows it."""
    paths: Mapping[str, str]
    """The model's file to its path below the folder of installed packages."""

    @classmethod
    def read(cls, table: TomlTable) -> Self:
        table.only("kind", "name", "gives")
        return cls(table.text("name"), table.paths("gives", "a path below the folder of installed packages"))

    @property
    def title(self) -> str:
        installed = self._distribution()
        return f"package {self.name}{'==' + installed.version if installed else ''}"

    @property
    def file_names(self) -> frozenset[str]:
        return frozenset(self.paths)

    def download_bytes(self, files: Sequence[FileInfo]) -> int:
        return 0

    def fetch(self, files: Sequence[FileInfo], work: Workspace) -> Generator[FetchedFile, None, None]:
        installed = self._distribution()
        if installed is None:
            raise ModelUnavailable(f"the package {self.name} is not installed")
        for file in files:
            path = Path(str(installed.locate_file(self.paths[file.name])))
            if not path.is_file():
                raise ModelUnavailable(f"the {self.title} has no file {self.paths[file.name]}")
            yield work.write(file, read_chunks(path))

    def _distribution(self) -> Distribution | None:
        try:
            return distribution(self.name)
        except PackageNotFoundError:
            return None
