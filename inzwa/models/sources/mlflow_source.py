"""The source `mlflow`: a model that is registered with MLflow, by alias or version; pinned at the first pull."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from inzwa.errors import ModelUnavailable
from inzwa.models.checksums import digest_of
from inzwa.models.pickles import REMEDY, is_pickle_name
from inzwa.models.sources.mlflow_registry import Registry, Version
from inzwa.models.sources.patterns import matches, usable_paths
from inzwa.models.sources.source import FetchedFile, Pin, Workspace
from inzwa.models.sources.unpinned_wheel import SUFFIXES
from inzwa.models.toml_table import TomlTable
from inzwa.protocols import FileInfo

_MLFLOWS_OWN: Final = ("requirements.txt",)
"""What MLflow writes beside a model."""


@dataclass(frozen=True, slots=True)
class MlflowSource:
    """Files of one version whose hashes are known."""

    model: str
    version: str

    @property
    def title(self) -> str:
        return f"mlflow {self.model} version {self.version}"

    def download_bytes(self, files: Sequence[FileInfo]) -> int:
        return 0  # what is downloaded is moved to its place: it never lies there twice

    def fetch(self, files: Sequence[FileInfo], work: Workspace) -> Generator[FetchedFile, None, None]:
        here = {file.name: work.downloads / file.sha256 for file in files}
        missing = [file for file in files if not here[file.name].is_file()]
        for file in files:
            if file not in missing:
                yield FetchedFile(file, here[file.name], digest_of(here[file.name]))
        if missing:
            version = Version(self.version, {file.name: file.size for file in missing})
            with closing(_fetched(Registry.of(work.environ), self.model, version, missing, work)) as fetched:
                for file, path in zip(missing, fetched, strict=True):
                    yield FetchedFile(file, path, digest_of(path))


@dataclass(frozen=True, slots=True)
class UnpinnedMlflow:
    """A registered model whose files are pinned at the first pull."""

    model: str
    which: str
    """@ALIAS or a version's number."""
    take: tuple[str, ...] = ()
    """Paths, with * for any letters but a slash; each must name a file at least. None: every file that is a model's."""
    may_take: tuple[str, ...] = ()

    @classmethod
    def read(cls, table: TomlTable) -> Self:
        table.only("kind", "model", "alias", "version", "take", "may_take")
        alias, version = table.text("alias", ""), table.text("version", "")
        if bool(alias) == bool(version):
            table.refuse("alias", "either an alias or a version")
        which = f"@{alias}" if alias else version
        return cls(table.text("model"), which, table.words("take"), table.words("may_take"))

    @property
    def title(self) -> str:
        return f"mlflow {self.model}{self.which if self.which.startswith('@') else f' version {self.which}'}"

    def pin(self, work: Workspace) -> Pin:
        registry = Registry.of(work.environ)
        version = registry.describe(self.model, self.which)
        wanted = [FileInfo(path, version.sizes[path], "") for path in self._chosen(version)]
        files: list[FileInfo] = []
        with closing(_fetched(registry, self.model, version, wanted, work)) as fetched:
            for file, path in zip(wanted, fetched, strict=True):
                digest = digest_of(path)
                path.replace(work.downloads / digest.sha256)
                files.append(FileInfo(file.name, digest.size, digest.sha256))
        return Pin(self.title, {"version": version.number}, tuple(files))

    def pinned(self, pin: Pin) -> MlflowSource:
        return MlflowSource(self.model, pin.facts["version"])

    def _chosen(self, version: Version) -> list[str]:
        """The files that the patterns mean, or all that a model may have; never a pickle."""
        usable = usable_paths(sorted(version.sizes))
        for pattern in self.take:
            if not any(matches(path, [pattern]) for path in usable):
                raise self._lacks(pattern, version)
        patterns = (*self.take, *self.may_take)
        chosen = [path for path in usable if (matches(path, patterns) if patterns else _is_model_file(path))]
        if not chosen:
            raise self._lacks(f"of {', '.join(SUFFIXES)}", version)
        return chosen

    def _lacks(self, what: str, version: Version) -> ModelUnavailable:
        pickles = f", only pickles, which are refused. {REMEDY}" if any(map(is_pickle_name, version.sizes)) else ""
        return ModelUnavailable(f"mlflow {self.model} version {version.number} has no file {what}{pickles}")


def _fetched(
    registry: Registry, model: str, version: Version, files: Sequence[FileInfo], work: Workspace
) -> Generator[Path, None, None]:
    """The files, one by one; the sum of what is here is reported after each."""
    folder = work.scratch / "mlflow"
    folder.mkdir(exist_ok=True)
    done, total = 0, sum(file.size for file in files)
    work.report_progress(f"mlflow {model}", 0, total, "downloading")
    with closing(registry.fetch(model, version, [file.name for file in files], folder)) as paths:
        for path in paths:
            done += path.stat().st_size
            work.report_progress(f"mlflow {model}", done, total, "downloading")
            yield path


def _is_model_file(path: str) -> bool:
    return path.endswith(SUFFIXES) and path.rpartition("/")[2] not in _MLFLOWS_OWN
