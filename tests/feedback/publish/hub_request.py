"""One HTTP request to a host on loopback."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any


class Request(BaseHTTPRequestHandler):
    """Reads it, and writes answers. Who inherits answers."""

    def do_HEAD(self) -> None:
        self.answer(b"")

    def do_GET(self) -> None:
        self.answer(b"")

    def do_PUT(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def do_POST(self) -> None:
        self.do_PUT()

    def answer(self, body: bytes) -> None:
        """Answer the request, which had this body."""
        raise NotImplementedError

    def route(self, kind: str, read: Any, found: tuple[str, ...]) -> None:
        """Answer a request of this kind without a fault."""
        raise NotImplementedError

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def json(self, answer: Any) -> None:
        self.send(200, json.dumps(answer).encode(), Content_Type="application/json")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the parent's name
        """Nothing is logged."""
