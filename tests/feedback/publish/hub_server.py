"""Answers of a Hub to what huggingface_hub's client asks when it pushes, reads and rewrites history."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from inzwa.feedback.publish.download import git_oid
from tests.feedback.publish.hub import DATASET, TOKEN, DatasetHub
from tests.feedback.publish.hub_request import Request

ROUTES: Final = {
    "info": f"/api/datasets/{DATASET}",
    "create": "/api/repos/create",
    "yaml": "/api/validate-yaml",
    "preupload": f"/api/datasets/{DATASET}/preupload/main",
    "batch": f"/datasets/{DATASET}\\.git/info/lfs/objects/batch",
    "put": "/put/([0-9a-f]{64})",
    "verify": "/verify",
    "commit": f"/api/datasets/{DATASET}/commit/main",
    "commits": f"/api/datasets/{DATASET}/commits/main",
    "squash": f"/api/datasets/{DATASET}/super-squash/main",
    "lfs_files": f"/api/datasets/{DATASET}/lfs-files",
    "lfs_delete": f"/api/datasets/{DATASET}/lfs-files/batch",
    "resolve": f"/datasets/{DATASET}/resolve/([0-9a-f]{{40}})/(.+)",
    "stored": "/stored/([0-9a-f]{64})",
}
"""Kind of request to its path."""


class Answer(Request):
    """One request to the Hub or to its storage host."""

    hub: DatasetHub

    def answer(self, body: bytes) -> None:
        path = urlsplit(self.path).path
        kind, found = next((kind, found) for kind, form in ROUTES.items() if (found := re.fullmatch(form, path)))
        read = body if kind in ("put", "commit") else json.loads(body or b"null")
        self.hub.asked.append((kind, read))
        fault = next(self.hub.faults.get(kind, iter(())), None)
        if fault is None or not fault(self.hub, self):
            self.route(kind, read, found.groups())

    def route(self, kind: str, read: Any, found: tuple[str, ...]) -> None:
        if kind not in ("put", "stored") and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.send(401, X_Error_Message="Invalid credentials in Authorization header")
        if not self.hub.visibility and kind not in ("create", "yaml"):
            return self.send(404, X_Error_Code="RepoNotFound")
        return getattr(self, f"answer_{kind}")(read, *found)

    def answer_info(self, _: None) -> None:
        head = self.hub.head
        texts = [{"rfilename": path, "size": len(text), "blobId": git_oid(text)} for path, text in head.files.items()]
        sounds = [
            {
                "rfilename": path,
                "size": len(self.hub.stored[sha256]),
                "blobId": "0" * 40,
                "lfs": {"size": len(self.hub.stored[sha256]), "sha256": sha256, "pointerSize": 130},
            }
            for path, sha256 in head.sounds.items()
        ]
        private = self.hub.visibility == "private"
        self.json({"id": DATASET, "sha": head.oid, "private": private, "siblings": texts + sounds})

    def answer_create(self, body: dict[str, Any]) -> None:
        if self.hub.visibility:
            return self.send(409, b'{"error": "You already created this dataset repo"}')
        self.hub.create(body.get("visibility", "public"))
        return self.json({"url": f"{self.hub.url}/datasets/{DATASET}"})

    def answer_yaml(self, _: Any) -> None:
        self.json({"errors": [], "warnings": []})

    def answer_preupload(self, body: dict[str, Any]) -> None:
        head = self.hub.head
        files = []
        for file in body["files"]:
            path = file["path"]
            oid = git_oid(head.files[path]) if path in head.files else head.sounds.get(path)
            mode = "lfs" if path.endswith(".flac") else "regular"
            files.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        self.json({"files": files})

    def answer_batch(self, body: dict[str, Any]) -> None:
        objects = []
        for wanted in body["objects"]:
            actions = {
                "upload": {"href": f"{self.hub.url}/put/{wanted['oid']}"},
                "verify": {"href": f"{self.hub.url}/verify"},
            }
            objects.append(wanted | ({} if wanted["oid"] in self.hub.stored else {"actions": actions}))
        self.json({"transfer": "basic", "objects": objects})

    def answer_put(self, body: bytes, sha256: str) -> None:
        if hashlib.sha256(body).hexdigest() != sha256:
            return self.send(400)
        self.hub.stored[sha256] = body
        return self.send(200)

    def answer_verify(self, body: dict[str, Any]) -> None:
        self.send(200 if len(self.hub.stored.get(body["oid"], b"")) == body["size"] else 404)

    def answer_commit(self, body: bytes) -> None:
        header, *lines = [json.loads(line) for line in body.splitlines()]
        if header["value"].get("parentCommit") != self.hub.head.oid:
            return self.send(412, b'{"error": "The branch has moved"}')
        files, sounds = dict(self.hub.head.files), dict(self.hub.head.sounds)
        for line in lines:
            value = line["value"]
            match line["key"]:
                case "file":
                    files[value["path"]] = base64.b64decode(value["content"])
                case "lfsFile":
                    assert value["oid"] in self.hub.stored
                    sounds[value["path"]] = value["oid"]
                case "deletedFile":
                    assert (files.pop(value["path"], None) or sounds.pop(value["path"], None)) is not None
        made = self.hub.add(header["value"]["summary"], files, sounds)
        return self.json({"commitUrl": f"{self.hub.url}/datasets/{DATASET}/commit/{made.oid}", "commitOid": made.oid})

    def answer_commits(self, _: None) -> None:
        at = "2026-11-26T12:00:00.000Z"
        self.json(
            [
                {"id": commit.oid, "title": commit.title, "message": "", "authors": [], "date": at}
                for commit in reversed(self.hub.commits)
            ]
        )

    def answer_squash(self, body: dict[str, Any]) -> None:
        head = self.hub.head
        self.hub.commits.clear()
        self.hub.add(body["message"], head.files, head.sounds)
        self.json({})

    def answer_lfs_files(self, _: None) -> None:
        at = "2026-11-26T12:00:00.000Z"
        self.json(
            [
                {
                    "fileOid": sha256,
                    "oid": sha256,
                    "filename": self.hub.names.get(sha256, ""),
                    "size": len(content),
                    "pushedAt": at,
                }
                for sha256, content in self.hub.stored.items()
            ]
        )

    def answer_lfs_delete(self, body: dict[str, Any]) -> None:
        for sha256 in body["deletions"]["sha"]:
            del self.hub.stored[sha256]
        self.json({})

    def answer_resolve(self, _: None, revision: str, path: str) -> None:
        commit = next(one for one in self.hub.commits if one.oid == revision)
        if path in commit.files:
            return self.send(200, commit.files[path])
        return self.send(302, Location=f"{self.hub.url}/stored/{commit.sounds[path]}")

    def answer_stored(self, _: None, sha256: str) -> None:
        self.send(200, self.hub.stored[sha256])


@contextmanager
def serving() -> Iterator[DatasetHub]:
    """A Hub without the dataset, served until the block is left."""
    hub = DatasetHub()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Host", (Answer,), {"hub": hub})) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, name="hub", kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hub
        finally:
            hub.gate.set()
            server.shutdown()
            thread.join()
