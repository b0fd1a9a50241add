"""One file of the Hub onto this disk: resumed, retried, cut when it stalls, and whole only once its hash is right.

Knows the Hub's answers, not the catalogue: what the bytes should be is said by whoever asks.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from huggingface_hub import HfFileMetadata

from inzwa.errors import ModelCorrupt, ModelUnavailable
from inzwa.models.checksums import CHUNK_BYTES, Digest, digest_of
from inzwa.models.parallel import Stopped
from inzwa.models.retry import Retry
from inzwa.models.sources.hub import Hub, Published
from inzwa.models.sources.hub_refusals import Passing, RevisionGone
from inzwa.models.sources.source import Workspace

TRICKLE_BYTES: Final = 1 << 14
"""Fewer bytes than this in the time of a stall are a stall too."""


@dataclass(slots=True)
class Meter:
    """Bytes of several files that are fetched at once, told as one sum. Threadsafe."""

    work: Workspace
    title: str
    total_bytes: int
    stop: threading.Event = field(default_factory=threading.Event)
    _done: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, path: str, done_bytes: int) -> None:
        """So much of this file stands on the disk. Stopped when that no longer matters."""
        if self.stop.is_set():
            raise Stopped
        with self._lock:
            self._done[path] = done_bytes
            self.work.tell(self.title, sum(self._done.values()), self.total_bytes, "downloading")


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file at one revision, and what it must be."""

    repository: str
    revision: str
    published: Published
    branch: str = ""
    """Where to look when the revision, a pinned commit, is no longer there; empty when nowhere else will do."""

    @property
    def title(self) -> str:
        return f"hub {self.repository}@{self.revision} {self.published.path}"


def download(hub: Hub, file: HubFile, work: Workspace, meter: Meter) -> tuple[Path, Digest]:
    """The file in `work.downloads`, whole and right, and its digest.

    What an earlier try left is gone on with; when the whole is then wrong, it is fetched once more from its start.
    ModelUnavailable when the Hub will not give it, ModelCorrupt when it gives something else.
    """
    part = work.downloads / f"{file.published.sha256 or file.published.git_oid}.part"
    resumed = part.exists()
    _fetch(hub, file, part, work, meter)
    if (found := digest_of(part)) and _is_right(part, found, file.published):
        return part.replace(work.downloads / found.sha256), found
    part.unlink()
    if resumed:
        return download(hub, file, work, meter)
    raise ModelCorrupt(f"{file.title}: expected {_expected(file.published)}, found {found}")


def _fetch(hub: Hub, file: HubFile, part: Path, work: Workspace, meter: Meter) -> None:
    """Bytes until there are as many as there should be."""
    patience = Retry(work.pause)
    furthest_bytes = _size(part)

    def heard(done_bytes: int) -> None:
        nonlocal furthest_bytes
        if done_bytes > furthest_bytes:  # a host that knows no ranges and breaks off each time comes to nothing
            furthest_bytes = done_bytes
            patience.forgive()
        meter.tell(file.published.path, done_bytes)

    def attempt() -> None:
        located = _located(hub, file, work.model)
        start = _size(part)
        meter.tell(file.published.path, start)
        if start < file.published.size:
            with hub.opened(file.repository, file.published.path, located.location, start) as (at, chunks):
                _write(part, at, _paced(chunks, hub.stall_s), heard, file.published.size)
        _require_whole(part, file)

    try:
        patience.attempt(attempt)
    except Passing as trouble:
        found, expected = _size(part), file.published.size
        raise ModelUnavailable(
            f"{file.title}: expected {expected} bytes, found {found}: {trouble.message}",
            retry_after_s=trouble.retry_after_s,
        ) from None


def _located(hub: Hub, file: HubFile, model: str) -> HfFileMetadata:
    """Where the bytes are now; ModelCorrupt, before one is fetched, when they are already known to be others."""
    try:
        located = hub.located(file.repository, file.revision, file.published.path)
    except RevisionGone:
        if not file.branch:
            raise
        located = hub.located(file.repository, file.branch, file.published.path)
    found = Published(file.published.path, located.size or 0, *_hashes(located.etag or ""))
    expected = file.published
    if found.size != expected.size or (found.sha256 and expected.sha256 and found.sha256 != expected.sha256):
        remedy = f"; `python -m inzwa models update {model}` accepts what is there now" if file.branch else ""
        raise ModelCorrupt(f"{file.title}: expected {_expected(expected)}, found {_expected(found)}{remedy}")
    return located


def _hashes(etag: str) -> tuple[str, str]:
    """The sha256 and the git name that an ETag is: one of them, the other empty."""
    return (etag, "") if len(etag) == 64 else ("", etag)


def _write(part: Path, start: int, chunks: Iterator[bytes], heard: Callable[[int], None], most_bytes: int) -> None:
    """Put the chunks into the file from `start` on, down to the disk whatever happens, until there are too many."""
    with part.open("r+b" if part.exists() else "wb") as file:
        file.truncate(start)
        file.seek(start)
        try:
            for chunk in chunks:
                file.write(chunk)
                heard(file.tell())
                if file.tell() > most_bytes:  # whoever asked for the file says what that means
                    return
        finally:
            file.flush()
            os.fsync(file.fileno())


def _paced(chunks: Iterator[bytes], stall_s: float) -> Iterator[bytes]:
    """The chunks; Passing when they only trickle."""
    since, seen = time.monotonic(), 0
    for chunk in chunks:
        seen += len(chunk)
        if seen >= TRICKLE_BYTES:
            since, seen = time.monotonic(), 0
        elif time.monotonic() - since > stall_s:
            raise Passing(f"the Hub sent {seen} bytes in {stall_s:.0f} s")
        yield chunk


def _require_whole(part: Path, file: HubFile) -> None:
    if (found := _size(part)) > file.published.size:
        part.unlink()
        raise Passing("the Hub sent more")
    if found < file.published.size:
        raise Passing("the connection ended early")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _is_right(path: Path, found: Digest, published: Published) -> bool:
    if published.sha256:
        return found == Digest(published.size, published.sha256)
    return git_oid(path) == published.git_oid


def git_oid(path: Path) -> str:
    """The name that git gives to a file's content: the SHA-1 of a header and the bytes."""
    sha1 = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            sha1.update(chunk)
    return sha1.hexdigest()


def _expected(published: Published) -> str:
    if published.sha256:
        return str(Digest(published.size, published.sha256))
    return f"{published.size} bytes" + (f" with git name {published.git_oid}" if published.git_oid else "")
