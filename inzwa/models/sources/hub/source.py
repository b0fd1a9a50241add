"""The source `hub`: files of a repository on the Hugging Face Hub, at a commit that is known or is pinned."""

import os
import re
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

from inzwa.errors import ModelUnavailable
from inzwa.models.checksums import Digest, read_chunks, write_hashed
from inzwa.models.parallel import side_by_side
from inzwa.models.pickles import REMEDY
from inzwa.models.sources.hub.client import Hub
from inzwa.models.sources.hub.download import Download, DownloadProgress
from inzwa.models.sources.hub.errors import TransientError
from inzwa.models.sources.hub.file import HubFile, Listing, PublishedFile
from inzwa.models.sources.hub.retry import Retry
from inzwa.models.sources.hub.shared_cache import cached_file, cached_listing
from inzwa.models.sources.patterns import matches, usable_paths
from inzwa.models.sources.source import FetchedFile, Pin, Workspace
from inzwa.models.toml_table import TomlTable
from inzwa.protocols import FileInfo

_REPOSITORY: Final = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubSource:
    """Files whose hashes are known, in a repository."""

    repository: str
    revision: str
    paths: Mapping[str, str]
    """The model's file to its path in the repository."""
    branch: str = ""
    """What the revision was pinned from; empty when the catalogue names it."""

    @classmethod
    def read(cls, table: TomlTable) -> Self:
        table.only("kind", "repository", "revision", "gives")
        paths = table.paths("gives", "a path inside the repository")
        return cls(_repository(table), table.text("revision"), paths)

    @property
    def title(self) -> str:
        return f"hub {self.repository}@{self.revision}"

    @property
    def file_names(self) -> frozenset[str]:
        return frozenset(self.paths)

    def download_bytes(self, files: Sequence[FileInfo]) -> int:
        return 0  # what is downloaded is moved to its place: it never lies there twice

    def fetch(self, files: Sequence[FileInfo], work: Workspace) -> Generator[FetchedFile, None, None]:
        hub = Hub.of(work.environ)
        progress = DownloadProgress(work, self.repository, sum(file.size for file in files))
        tasks = [partial(self._fetched, hub, file, work, progress) for file in files]
        with closing(side_by_side(tasks, progress.stop)) as fetched:
            yield from fetched

    def _fetched(self, hub: Hub, file: FileInfo, work: Workspace, progress: DownloadProgress) -> FetchedFile:
        published = PublishedFile(self.paths[file.name], file.size, file.sha256)
        wanted = HubFile(self.repository, self.revision, published, self.branch)
        if (found := _found(wanted, work)) is None:
            return FetchedFile(file, *Download(hub, wanted, work, progress).run())
        progress.report(published.path, file.size)
        return FetchedFile(file, *found)


@dataclass(frozen=True, slots=True)
class UnpinnedHub:
    """A repository whose files are pinned at the first pull."""

    repository: str
    revision: str
    take: tuple[str, ...]
    """Paths, with * for any letters but a slash; each must name a file at least."""
    may_take: tuple[str, ...] = ()
    """The same; none needs to be there."""

    @classmethod
    def read(cls, table: TomlTable) -> Self:
        table.only("kind", "repository", "revision", "take", "may_take")
        source = cls(_repository(table), table.text("revision", "main"), table.words("take"), table.words("may_take"))
        return source if source.take else table.refuse("take", "a path at least")

    @property
    def title(self) -> str:
        return f"hub {self.repository}@{self.revision}"

    def is_cached(self, environ: Mapping[str, str]) -> bool:
        """Whether huggingface_hub's own cache has what is wanted; the bytes are not verified."""
        listing = cached_listing(environ, self.repository, self.revision)
        return listing is not None and _first_unmatched(self.take, listing.files) is None

    def pin(self, work: Workspace) -> Pin:
        hub = Hub.of(work.environ)
        listing = self._listing(hub, work)
        chosen = self._chosen(listing, hub)
        progress = DownloadProgress(work, self.repository, sum(file.size for file in chosen if not file.sha256))
        files = tuple(self._file_info(hub, listing.commit, file, work, progress) for file in chosen)
        return Pin(self.title, {"commit": listing.commit}, files)

    def pinned(self, pin: Pin) -> HubSource:
        paths = {file.name: file.name for file in pin.files}
        return HubSource(self.repository, pin.facts["commit"], paths, branch=self.revision)

    def _listing(self, hub: Hub, work: Workspace) -> Listing:
        """What the Hub answers; when it does not, what is in huggingface_hub's cache."""
        try:
            return Retry(work.pause).attempt(lambda: hub.listing(self.repository, self.revision))
        except ModelUnavailable as error:
            before = cached_listing(work.environ, self.repository, self.revision)
            if before is None or not (hub.offline or isinstance(error, TransientError)):
                raise
            return before

    def _chosen(self, listing: Listing, hub: Hub) -> list[PublishedFile]:
        """The files that the patterns mean. ModelUnavailable names a pattern that means none."""
        usable = usable_paths(listing.files)
        if pattern := _first_unmatched(self.take, usable):
            pickled = any(matches(path, [pattern]) for path in listing.files)
            why = f"only pickles, which are refused. {REMEDY}" if pickled else "no such file"
            raise ModelUnavailable(f"{hub.endpoint}/{self.repository} @ {listing.commit} {pattern}: {why}")
        return [listing.files[path] for path in usable if matches(path, (*self.take, *self.may_take))]

    def _file_info(
        self, hub: Hub, commit: str, file: PublishedFile, work: Workspace, progress: DownloadProgress
    ) -> FileInfo:
        """Name, size and sha256. Of a small file the Hub knows only git's hash: it is fetched to find out."""
        if file.sha256:
            return FileInfo(file.path, file.size, file.sha256)
        wanted = HubFile(self.repository, commit, file)
        _, digest = cached_file(wanted, work.environ) or Download(hub, wanted, work, progress).run()
        return FileInfo(file.path, digest.size, digest.sha256)


def _repository(table: TomlTable) -> str:
    name = table.text("repository")
    return name if _REPOSITORY.fullmatch(name) else table.refuse("repository", "organisation/name on the Hub")


def _first_unmatched(patterns: Sequence[str], paths: Collection[str]) -> str | None:
    """The first pattern that means none of the paths."""
    return next((pattern for pattern in patterns if not any(matches(path, [pattern]) for path in paths)), None)


def _found(file: HubFile, work: Workspace) -> tuple[Path, Digest] | None:
    """The file and its digest without a download: from an earlier attempt, or from huggingface_hub's cache."""
    earlier = work.downloads / file.published.sha256
    if earlier.is_file() and (digest := file.published.digest_if_right(earlier)):
        return earlier, digest
    if found := cached_file(file, work.environ):
        blob, digest = found
        return _linked(blob, work.scratch / digest.sha256), digest
    return None


def _linked(path: Path, target: Path) -> Path:
    """The same bytes at `target`: a hard link where the disk is the same, else a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:
        write_hashed(read_chunks(path), target, lambda _: None)
    return target
