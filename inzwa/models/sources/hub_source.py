"""The source `hub`: files of a repository on the Hugging Face Hub, at a commit that is known or is pinned."""

import logging
import os
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

from inzwa.errors import ModelCorrupt, ModelUnavailable
from inzwa.models.checksums import Digest, digest_of, write_hashed
from inzwa.models.parallel import side_by_side
from inzwa.models.patterns import means
from inzwa.models.pickles import REMEDY, is_pickle_name
from inzwa.models.retry import Retry
from inzwa.models.sources.hub import Hub, Listing, Published
from inzwa.models.sources.hub_cache import cached_file, cached_listing, hub_cache
from inzwa.models.sources.hub_download import HubFile, Meter, download, git_oid
from inzwa.models.sources.hub_refusals import Passing
from inzwa.models.sources.packages import chunks_of
from inzwa.models.sources.source import Made, Pin, Workspace
from inzwa.models.toml_table import TomlTable, is_file_name
from inzwa.protocols import FileInfo

log = logging.getLogger(__name__)

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
        paths = table.texts("gives")
        for file, path in paths.items():
            if not is_file_name(path):
                table.table("gives").refuse(file, "a path inside the repository")
        return cls(_repository(table), table.text("revision"), paths)

    @property
    def title(self) -> str:
        return f"hub {self.repository}@{self.revision}"

    @property
    def gives(self) -> frozenset[str]:
        return frozenset(self.paths)

    def download_bytes(self, files: Sequence[FileInfo]) -> int:
        return 0  # what is downloaded is moved to its place: it never lies there twice

    def bring(self, files: Sequence[FileInfo], work: Workspace) -> Generator[Made, None, None]:
        hub = Hub.of(work.environ)
        meter = Meter(work, self.repository, sum(file.size for file in files))
        tasks = [partial(self._made, hub, file, work, meter) for file in files]
        with closing(side_by_side(tasks, meter.stop)) as made:
            yield from made

    def _made(self, hub: Hub, file: FileInfo, work: Workspace, meter: Meter) -> Made:
        published = Published(self.paths[file.name], file.size, file.sha256, "")
        wanted = HubFile(self.repository, self.revision, published, self.branch)
        if (had := _had(wanted, work)) is None:
            return Made(file, *download(hub, wanted, work, meter))
        meter.tell(published.path, file.size)
        return Made(file, *had)


@dataclass(frozen=True, slots=True)
class HubPlace:
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
        place = cls(_repository(table), table.text("revision", "main"), table.words("take"), table.words("may_take"))
        return place if place.take else table.refuse("take", "a path at least")

    @property
    def title(self) -> str:
        return f"hub {self.repository}@{self.revision}"

    def at_hand(self, environ: Mapping[str, str]) -> bool:
        """Whether huggingface_hub's own cache holds what is wanted; nobody has looked at the bytes."""
        listing = cached_listing(hub_cache(environ), self.repository, self.revision)
        return listing is not None and all(any(means(pattern, path) for path in listing.files) for pattern in self.take)

    def pin(self, known: Sequence[FileInfo], work: Workspace) -> Pin:
        hub = Hub.of(work.environ)
        listing = self._listing(hub, work)
        chosen = self._chosen(listing, hub)
        meter = Meter(work, self.repository, sum(file.size for file in chosen if not file.sha256))
        files = tuple(self._described(hub, listing.commit, file, work, meter) for file in chosen)
        self._require_agreement(files, known)
        return Pin(self.title, {"commit": listing.commit}, files)

    def held_to(self, pin: Pin) -> HubSource:
        paths = {file.name: file.name for file in pin.files}
        return HubSource(self.repository, pin.facts["commit"], paths, branch=self.revision)

    def _listing(self, hub: Hub, work: Workspace) -> Listing:
        """What the Hub says; when it says nothing, what huggingface_hub remembers."""
        try:
            return Retry(work.pause).attempt(lambda: hub.listing(self.repository, self.revision))
        except ModelUnavailable as error:
            before = cached_listing(hub_cache(work.environ), self.repository, self.revision)
            if before is None or not (hub.offline or isinstance(error, Passing)):
                raise
            return before

    def _chosen(self, listing: Listing, hub: Hub) -> list[Published]:
        """The files that the patterns mean. ModelUnavailable names a pattern that means none."""
        data = [path for path in listing.files if is_file_name(path) and not is_pickle_name(path)]
        for pattern in self.take:
            if not any(means(pattern, path) for path in data):
                pickled = any(means(pattern, path) for path in listing.files)
                why = f"only pickles, which are refused. {REMEDY}" if pickled else "no such file"
                raise ModelUnavailable(f"{hub.endpoint}/{self.repository} @ {listing.commit} {pattern}: {why}")
        patterns = (*self.take, *self.may_take)
        return [listing.files[path] for path in data if any(means(pattern, path) for pattern in patterns)]

    def _described(self, hub: Hub, commit: str, file: Published, work: Workspace, meter: Meter) -> FileInfo:
        """Name, size and sha256. Of a small file the Hub knows only git's hash: it is fetched to find out."""
        if file.sha256:
            return FileInfo(file.path, file.size, file.sha256)
        wanted = HubFile(self.repository, commit, file)
        _, digest = _cached(wanted, work) or download(hub, wanted, work, meter)
        return FileInfo(file.path, digest.size, digest.sha256)

    def _require_agreement(self, files: Sequence[FileInfo], known: Sequence[FileInfo]) -> None:
        found = {file.name: file for file in files}
        for file in known:
            if (there := found.get(file.name)) != file:
                said = f"{there.size} bytes with sha256 {there.sha256}" if there else "no such file"
                raise ModelCorrupt(
                    f"{self.title} {file.name}: expected {Digest(file.size, file.sha256)} as the catalogue says, "
                    f"found {said}"
                )


def _repository(table: TomlTable) -> str:
    name = table.text("repository")
    return name if _REPOSITORY.fullmatch(name) else table.refuse("repository", "organisation/name on the Hub")


def _had(file: HubFile, work: Workspace) -> tuple[Path, Digest] | None:
    """The file and its digest without a download: from an earlier try, or from huggingface_hub's cache."""
    kept = work.downloads / file.published.sha256
    if file.published.sha256 and kept.is_file() and (digest := _proven(kept, file.published)):
        return kept, digest
    found = _cached(file, work)
    return (_copied(found[0], work.scratch / found[1].sha256), found[1]) if found else None


def _cached(file: HubFile, work: Workspace) -> tuple[Path, Digest] | None:
    """Where it lies in huggingface_hub's cache, if its bytes there are right."""
    found = cached_file(hub_cache(work.environ), file.repository, file.revision, file.published.path)
    if found is None:
        return None
    if digest := _proven(found, file.published):
        return found, digest
    log.warning("%s: other bytes than the Hub's lie in %s; they are fetched anew", file.title, found)
    return None


def _proven(path: Path, published: Published) -> Digest | None:
    """The file's digest, if it is what was published."""
    digest = digest_of(path)
    if published.sha256:
        return digest if digest == Digest(published.size, published.sha256) else None
    return digest if git_oid(path) == published.git_oid else None


def _copied(path: Path, target: Path) -> Path:
    """The same bytes at `target`: a second name for them where the disk is the same, else a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:
        write_hashed(chunks_of(path), target, lambda _: None)
    return target
