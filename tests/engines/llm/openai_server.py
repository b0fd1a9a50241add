"""An OpenAI-compatible server on loopback that answers by a script, faults among it, and notes a client that hangs up.

HTTP by hand: a framework would not send what is wrong here.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.abc import SocketStream

Answer = Callable[[SocketStream], Awaitable[None]]


@dataclass
class LoopbackServer:
    """What it was asked, and what it will answer; the last answer is given for ever."""

    answers: list[Answer]
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    models: bytes = b'{"data": [{"id": "tiny", "max_model_len": 512}, {"id": "other"}]}'
    left: anyio.Event = field(default_factory=anyio.Event)
    """Set when a client hangs up before its answer has ended."""

    async def serve(self, stream: SocketStream) -> None:
        """One connection, one request."""
        async with stream:
            try:
                head, body = await _request(stream)
                self.keys.append(head.get("authorization", ""))
                self.encodings.append(head.get("accept-encoding", ""))
                if head["line"].startswith("GET /v1/models"):
                    await status(200, self.models)(stream)
                    return
                self.asked.append(json.loads(body))
                await (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(stream)
            except (anyio.BrokenResourceError, anyio.EndOfStream):
                self.left.set()


async def _request(stream: SocketStream) -> tuple[dict[str, str], bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += await stream.receive()
    raw, _, body = data.partition(b"\r\n\r\n")
    line, *fields = raw.decode().split("\r\n")
    head = {"line": line, **{name.lower(): value for name, _, value in (each.partition(": ") for each in fields)}}
    while len(body) < int(head.get("content-length", 0)):
        body += await stream.receive()
    return head, body


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """A whole answer."""

    async def answer(stream: SocketStream) -> None:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {code} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
        await stream.send(head.encode() + body)

    return answer


def raw(*parts: bytes, ended: bool = True, hangs: bool = False) -> Answer:
    """A stream of these parts; `ended` properly, or cut off; `hangs` keeps it open until the client goes."""

    async def answer(stream: SocketStream) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in parts:
            await stream.send(b"%x\r\n%s\r\n" % (len(part), part))
        if hangs:
            await stream.receive()
        if ended:
            await stream.send(b"0\r\n\r\n")

    return answer


def chunk(text: str, finish: str | None = None) -> bytes:
    """One event of a reply."""
    return (
        b"data: " + json.dumps({"choices": [{"delta": {"content": text}, "finish_reason": finish}]}).encode() + b"\n\n"
    )


DONE = b"data: [DONE]\n\n"


def said(*pieces: str) -> Answer:
    """A whole reply."""
    return raw(*map(chunk, pieces), chunk("", "stop"), DONE)


async def dropped(stream: SocketStream) -> None:
    """The connection ends without an answer."""


@asynccontextmanager
async def loopback(*answers: Answer) -> AsyncIterator[LoopbackServer]:
    """The server, listening on a port of its own."""
    server = LoopbackServer([*answers])
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        server.url = f"http://127.0.0.1:{port}/v1"
        tasks.start_soon(listener.serve, server.serve)
        yield server
        tasks.cancel_scope.cancel()
