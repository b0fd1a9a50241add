"""A Hub on loopback: repositories in memory, large files on a host of their own, and faults on request.

It answers what the real one answers to the calls that Inzwa makes: a listing with sizes and hashes, HEAD and GET of a
file with the Hub's headers, a redirect to the storage host for large files, ranges.
"""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from inzwa.models.checksums import Digest, digest_of_chunks

LARGE_BYTES: Final = 1_000
"""From this size a file is kept by hash on the storage host, as the Hub keeps them from ten megabytes."""

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was made."""

    kind: str
    """list, head, get or store."""
    path: str
    start: int
    """The first byte that was wanted."""
    token: str
    """The Authorization header."""


@dataclass
class LoopbackHub:
    """Its repositories, the requests that it got, and the faults to come."""

    url: str = ""
    store_url: str = ""
    branches: dict[tuple[str, str], str] = field(default_factory=dict)
    """Repository and branch to the commit."""
    commits: dict[tuple[str, str], Files] = field(default_factory=dict)
    """Repository and commit to its files."""
    tokens: dict[str, str] = field(default_factory=dict)
    """A gated repository to the token that opens it."""
    asked: list[Asked] = field(default_factory=list)
    faults: dict[str, Iterator["Fault"]] = field(default_factory=dict)
    """A kind of request to what happens to the next ones."""
    closing: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    """Set when somebody asks for /gate."""

    def push(self, repository: str, files: Files, branch: str = "main") -> str:
        """A new commit on the branch; its name."""
        said = repr((repository, branch, sorted((path, hashlib.sha256(b).hexdigest()) for path, b in files.items())))
        commit = hashlib.sha1(said.encode()).hexdigest()
        self.branches[repository, branch], self.commits[repository, commit] = commit, files
        return commit

    def fail(self, kind: str, faults: Iterable["Fault"]) -> None:
        """The next requests of this kind meet these faults, one each."""
        self.faults[kind] = iter(faults)

    def count(self, kind: str) -> int:
        return sum(asked.kind == kind for asked in self.asked)

    def files(self, repository: str, revision: str) -> tuple[str, Files] | None:
        """The commit that the revision means, and its files."""
        commit = self.branches.get((repository, revision), revision)
        files = self.commits.get((repository, commit))
        return None if files is None else (commit, files)

    def content(self, sha256: str) -> bytes:
        everything = (content for files in self.commits.values() for content in files.values())
        return next(content for content in everything if hashlib.sha256(content).hexdigest() == sha256)


Fault = Callable[["Answer", bytes], None]
"""Answers in its own way; the bytes are what should have been sent."""


class Answer(BaseHTTPRequestHandler):
    """One request to either host. A connection carries one."""

    hub: LoopbackHub

    def do_HEAD(self) -> None:
        self._resolve("head")

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/gate":
            self.hub.gate.set()
            self.send(200, b"open")
        elif path.startswith("/api/models/"):
            self._list(path)
        elif path.startswith("/blobs/"):
            self._store(path.removeprefix("/blobs/"))
        else:
            self._resolve("get")

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer; a name's `_` stands for a dash."""
        self.begin(status, len(body), **headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def begin(self, status: int, length: int, **headers: str) -> None:
        """The head of an answer that promises so many bytes."""
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the parent's name
        """Nothing is logged."""

    def _list(self, path: str) -> None:
        found = re.fullmatch(r"/api/models/([^/]+/[^/]+)/revision/(.+)", path)
        assert found is not None, path
        if self._note("list", path, b"") or self._refused(*found.groups()):
            return
        commit, files = self.hub.files(*found.groups()) or ("", {})
        siblings = [_sibling(name, content) for name, content in files.items()]
        body = json.dumps({"id": found[1], "sha": commit, "siblings": siblings}).encode()
        self.send(200, body, Content_Type="application/json")

    def _resolve(self, kind: str) -> None:
        found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", urlsplit(self.path).path)
        if found is None:
            return self.send(200)
        repository, revision, path = found.groups()
        commit, files = self.hub.files(repository, revision) or ("", {})
        content = files.get(path, b"")
        if self._note(kind, path, content) or self._refused(repository, revision):
            return None
        if path not in files:
            return self.send(404, X_Error_Code="EntryNotFound")
        headers = {"X_Repo_Commit": commit, "ETag": f'"{git_oid(content)}"'}
        if len(content) < LARGE_BYTES:
            return self.send_range(content, **headers)
        sha256 = hashlib.sha256(content).hexdigest()
        where = {"Location": f"{self.hub.store_url}/blobs/{sha256}?signed=yes", "X_Linked_Etag": f'"{sha256}"'}
        return self.send(302, b"", X_Linked_Size=str(len(content)), **where, **headers)

    def _store(self, sha256: str) -> None:
        content = self.hub.content(sha256)
        if not self._note("store", sha256, content):
            self.send_range(content)

    def send_range(self, content: bytes, **headers: str) -> None:
        """The part of the content that was requested."""
        start = self.start
        if not start:
            return self.send(200, content, **headers)
        if start >= len(content):
            return self.send(416, b"", Content_Range=f"bytes */{len(content)}")
        said = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return self.send(206, content[start:], Content_Range=said, **headers)

    @property
    def start(self) -> int:
        """The first byte that is wanted."""
        return int(re.sub(r"\D", "", self.headers.get("Range", "")) or 0)

    def _note(self, kind: str, path: str, content: bytes) -> bool:
        """Write the request down; True when a fault has answered it."""
        self.hub.asked.append(Asked(kind, path, self.start, self.headers.get("Authorization", "")))
        fault = next(self.hub.faults.get(kind, iter(())), None)
        if fault is not None:
            fault(self, content)
        return fault is not None

    def _refused(self, repository: str, revision: str) -> bool:
        """The Hub's answers for what is gated and for what is not there."""
        token = self.hub.tokens.get(repository)
        if token and self.headers.get("Authorization") != f"Bearer {token}":
            self.send(401, X_Error_Code="GatedRepo", X_Error_Message=f"Access to model {repository} is restricted.")
        elif not any(repository == known for known, _ in self.hub.branches):
            self.send(404, X_Error_Code="RepoNotFound")
        elif self.hub.files(repository, revision) is None:
            self.send(404, X_Error_Code="RevisionNotFound")
        else:
            return False
        return True


@contextmanager
def serving() -> Iterator[LoopbackHub]:
    """An empty Hub and its storage host, served until the block is left."""
    hub = LoopbackHub()
    with ExitStack() as stack:
        hub.url, hub.store_url = (stack.enter_context(_host(hub)) for _ in range(2))
        yield hub


@contextmanager
def _host(hub: LoopbackHub) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Host", (Answer,), {"hub": hub})) as server:
        thread = threading.Thread(target=server.serve_forever, name="hub", kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            hub.closing.set()
            hub.gate.set()
            server.shutdown()
            thread.join()


def digest(content: bytes) -> Digest:
    return digest_of_chunks([content])


def git_oid(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _sibling(name: str, content: bytes) -> dict[str, Any]:
    line: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": git_oid(content)}
    if len(content) >= LARGE_BYTES:
        line["lfs"] = {"size": len(content), "sha256": digest(content).sha256, "pointerSize": 130}
    return line
