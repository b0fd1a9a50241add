"""The state of a Hub on loopback with one dataset: commits, storage host, what was asked, faults to come."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.feedback.publish.hub_request import Request

DATASET: Final = "org/given"
TOKEN: Final = "hf_loopback"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the only branch."""

    oid: str
    title: str
    files: dict[str, bytes]
    sounds: dict[str, str]
    """Path to sha256."""


Fault = Callable[["DatasetHub", Request], bool]
"""Whether it has answered in place of the Hub."""


@dataclass
class DatasetHub:
    """The dataset, what was asked, and the faults to come."""

    url: str = ""
    visibility: str = ""
    """Empty while there is no dataset."""
    commits: list[Commit] = field(default_factory=list)
    stored: dict[str, bytes] = field(default_factory=dict)
    """The storage host: sha256 to bytes."""
    names: dict[str, str] = field(default_factory=dict)
    """Sha256 to a path at which it was committed."""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """Kind of a request and its body."""
    faults: dict[str, Iterator[Fault]] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    """What a request that waits at the gate waits for."""
    arrived: threading.Event = field(default_factory=threading.Event)
    """A request is at the gate."""

    @property
    def head(self) -> Commit:
        return self.commits[-1]

    @property
    def paths(self) -> set[str]:
        """Of all files of the newest commit but the Hub's own."""
        return {*self.head.files, *self.head.sounds} - {".gitattributes"}

    def create(self, visibility: str) -> None:
        self.visibility = visibility
        self.add("initial commit", {".gitattributes": b"*.flac filter=lfs"}, {})

    def add(self, title: str, files: dict[str, bytes], sounds: dict[str, str]) -> Commit:
        oid = hashlib.sha1(f"{len(self.commits)} {title} {sorted(files)}".encode()).hexdigest()
        self.commits.append(Commit(oid, title, files, sounds))
        self.names |= {sha256: path for path, sha256 in sounds.items()}
        return self.head

    def fail(self, kind: str, *faults: Fault) -> None:
        """The next requests of this kind meet these faults, one each."""
        self.faults[kind] = iter(faults)

    def count(self, kind: str) -> int:
        return sum(asked == kind for asked, _ in self.asked)

    def everything(self) -> bytes:
        """All that the Hub holds anywhere, history included."""
        texts = b"".join(content for commit in self.commits for content in commit.files.values())
        return texts + b"".join(self.stored.values())
