"""What the Hub publishes about the files of a repository, and whether bytes on this disk are those."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inzwa.models.checksums import Digest, digest_of, read_chunks


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """Path, size and one of two hashes of a file."""

    path: str
    """In the repository."""
    size: int
    """Bytes."""
    sha256: str = ""
    """Of a large file; empty for a small one, which is stored in git."""
    git_oid: str = ""
    """Git's hash of a small file."""

    def digest_if_right(self, file: Path) -> Digest | None:
        """The digest of a file on this disk, if it is what was published."""
        found = digest_of(file)
        return found if self.is_right(file, found) else None

    def is_right(self, file: Path, found: Digest) -> bool:
        """Whether a file with this digest is what was published."""
        if self.sha256:
            return found == Digest(self.size, self.sha256)
        return git_oid(file) == self.git_oid

    def __str__(self) -> str:
        if self.sha256:
            return str(Digest(self.size, self.sha256))
        return f"{self.size} bytes" + (f" with git name {self.git_oid}" if self.git_oid else "")


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one commit."""

    commit: str
    files: Mapping[str, PublishedFile]
    """By their paths."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file at one revision, and what it must be."""

    repository: str
    revision: str
    published: PublishedFile
    branch: str = ""
    """Where to look when the revision, a pinned commit, is no longer there; empty when nowhere else will do."""

    @property
    def title(self) -> str:
        return f"hub {self.repository}@{self.revision} {self.published.path}"


def hashes_in(etag: str) -> tuple[str, str]:
    """The sha256 and the git hash that an ETag, or the name of a blob, stands for: one of them, the other empty."""
    return (etag, "") if len(etag) == 64 else ("", etag)


def git_oid(path: Path) -> str:
    """The name that git gives to a file's content: the SHA-1 of a header and the bytes."""
    sha1 = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    for chunk in read_chunks(path):
        sha1.update(chunk)
    return sha1.hexdigest()
