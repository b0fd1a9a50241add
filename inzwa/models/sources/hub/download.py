"""One file of the Hub onto this disk: resumed, retried, cut when it stalls, accepted only once its hash is right."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from huggingface_hub import HfFileMetadata

from inzwa.errors import ModelCorrupt, ModelUnavailable
from inzwa.models.checksums import Digest, digest_of
from inzwa.models.parallel import Stopped
from inzwa.models.sources.hub.client import Hub
from inzwa.models.sources.hub.errors import RevisionNotFound, TransientError
from inzwa.models.sources.hub.file import HubFile, PublishedFile, hashes_in
from inzwa.models.sources.hub.retry import Retry
from inzwa.models.sources.source import Workspace

TRICKLE_BYTES: Final = 1 << 14
"""Fewer bytes than this in the time of a stall are a stall too."""


@dataclass(slots=True)
class DownloadProgress:
    """Bytes of several files that are downloaded at once, reported as one sum. Thread-safe."""

    work: Workspace
    title: str
    total_bytes: int
    stop: threading.Event = field(default_factory=threading.Event)
    _done: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def report(self, path: str, done_bytes: int) -> None:
        """So much of this file is on the disk. Stopped when that no longer matters."""
        if self.stop.is_set():
            raise Stopped
        with self._lock:
            self._done[path] = done_bytes
            self.work.report_progress(self.title, sum(self._done.values()), self.total_bytes, "downloading")


@dataclass(slots=True)
class Download:
    """One file that is fetched into `work.downloads`."""

    hub: Hub
    file: HubFile
    work: Workspace
    progress: DownloadProgress
    _written_bytes: int = 0
    """The most that was ever on the disk."""

    def run(self) -> tuple[Path, Digest]:
        """The file, whole and right, and its digest.

        What an earlier attempt left is resumed; when the whole is then wrong, it is fetched once more from its start.
        ModelUnavailable when the Hub will not give it, ModelCorrupt when it gives something else.
        """
        resumed = self._part.exists()
        self._fetch()
        found = digest_of(self._part)
        if self.file.published.is_right(self._part, found):
            return self._part.replace(self.work.downloads / found.sha256), found
        self._part.unlink()
        if resumed:
            return self.run()
        raise ModelCorrupt(f"{self.file.title}: expected {self.file.published}, found {found}")

    @property
    def _part(self) -> Path:
        """The partial download."""
        published = self.file.published
        return self.work.downloads / f"{published.sha256 or published.git_oid}.part"

    @property
    def _size(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _fetch(self) -> None:
        """Bytes until there are as many as there should be."""
        retry = Retry(self.work.pause)
        self._written_bytes = self._size
        try:
            retry.attempt(lambda: self._attempt(retry))
        except TransientError as error:
            raise ModelUnavailable(
                f"{self.file.title}: expected {self.file.published.size} bytes, found {self._size}: {error.message}",
                retry_after_s=error.retry_after_s,
            ) from None

    def _attempt(self, retry: Retry) -> None:
        published, location, start = self.file.published, self._location(), self._size
        self.progress.report(published.path, start)
        if start < published.size:
            with self.hub.opened(self.file.repository, published.path, location, start) as (begin, chunks):
                self._write(begin, _paced(chunks, self.hub.stall_s), retry)
        if self._size > published.size:
            self._part.unlink()
            raise TransientError("the Hub sent more")
        if self._size < published.size:
            raise TransientError("the connection ended early")

    def _location(self) -> str:
        """Where the bytes are now; ModelCorrupt, before one is fetched, when they are already known to be others."""
        expected, located = self.file.published, self._located()
        found = PublishedFile(expected.path, located.size or 0, *hashes_in(located.etag or ""))
        if found.size != expected.size or (found.sha256 and expected.sha256 and found.sha256 != expected.sha256):
            update = f"; `python -m inzwa models update {self.work.model}` accepts what is there now"
            raise ModelCorrupt(
                f"{self.file.title}: expected {expected}, found {found}{update if self.file.branch else ''}"
            )
        return located.location

    def _located(self) -> HfFileMetadata:
        file = self.file
        try:
            return self.hub.located(file.repository, file.revision, file.published.path)
        except RevisionNotFound:
            if not file.branch:
                raise
            return self.hub.located(file.repository, file.branch, file.published.path)

    def _write(self, start: int, chunks: Iterator[bytes], retry: Retry) -> None:
        """Put the chunks into the file from `start` on, down to the disk whatever happens, until there are too many."""
        with self._part.open("r+b" if self._part.exists() else "wb") as file:
            file.truncate(start)
            file.seek(start)
            try:
                for chunk in chunks:
                    file.write(chunk)
                    if file.tell() > self._written_bytes:  # else a host without ranges, which breaks off each time
                        self._written_bytes = file.tell()
                        retry.reset()
                    self.progress.report(self.file.published.path, file.tell())
                    if file.tell() > self.file.published.size:
                        return
            finally:
                file.flush()
                os.fsync(file.fileno())


def _paced(chunks: Iterator[bytes], stall_s: float) -> Iterator[bytes]:
    """The chunks; TransientError when they only trickle."""
    since, seen = time.monotonic(), 0
    for chunk in chunks:
        seen += len(chunk)
        if seen >= TRICKLE_BYTES:
            since, seen = time.monotonic(), 0
        elif time.monotonic() - since > stall_s:
            raise TransientError(f"the Hub sent {seen} bytes in {stall_s:.0f} s")
        yield chunk
