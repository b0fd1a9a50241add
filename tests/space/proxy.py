"""The platform's proxy: ends TLS, says whose call it is, and calls the Space from an address in 10/8.

Other sites, whose pages have the Space in a frame, are served on the same port by their names.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, SocketAttribute, SocketListener, TaskGroup
from anyio.from_thread import start_blocking_portal
from anyio.streams.buffered import BufferedByteReceiveStream
from anyio.streams.tls import TLSListener, TLSStream

from tests.space.space import PORT, PROXY

BALANCER: Final = "10.77.0.2"
"""Another of the platform's addresses, between the caller and the proxy."""

MAX_HEAD_BYTES: Final = 65_536

HUNG_UP: Final = (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError, anyio.ClosedResourceError)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Relays each connection's one request, and whatever comes after an upgrade."""

    pages: Mapping[str, str] = field(default_factory=dict)
    """HTML by host, for names that are not the Space's."""

    async def relay(self, caller: TLSStream) -> None:
        """One connection."""
        async with caller:
            with suppress(*HUNG_UP):
                asked = BufferedByteReceiveStream(caller)
                head = Head.read(await asked.receive_until(b"\r\n\r\n", MAX_HEAD_BYTES))
                page = self.pages.get(head.value("host"))
                if page is None:
                    await _pass_on(head, asked, caller)
                else:
                    await caller.send(_answer(page))


@dataclass(frozen=True, slots=True)
class Head:
    """A request's first line and its headers."""

    request: str
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, head: bytes) -> "Head":
        request, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(request, tuple((name.lower(), value.strip()) for name, _, value in pairs))

    def value(self, name: str) -> str:
        """Every value of that header, between commas."""
        return ", ".join(value for each, value in self.headers if each == name)

    def told_of(self, caller: str) -> bytes:
        """The head as the Space gets it. What the caller wrote into X-Forwarded-For stays in front, as proxies do."""
        own = {
            "x-forwarded-for": ", ".join(filter(None, (self.value("x-forwarded-for"), caller, BALANCER))),
            "x-forwarded-proto": "https",
            "x-forwarded-host": self.value("host"),
            "connection": "upgrade" if self.value("upgrade") else "close",
        }
        kept = [(name, value) for name, value in self.headers if name not in own]
        lines = [self.request, *(f"{name}: {value}" for name, value in (*kept, *own.items()))]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _pass_on(head: Head, asked: ByteReceiveStream, caller: TLSStream) -> None:
    async with await anyio.connect_tcp(PROXY, PORT, local_host=PROXY) as space:
        await space.send(head.told_of(caller.extra(SocketAttribute.remote_address)[0]))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_pump, asked, space, tasks)
            tasks.start_soon(_pump, space, caller, tasks)


async def _pump(source: ByteReceiveStream, sink: ByteSendStream, tasks: TaskGroup) -> None:
    """Bytes until either side hangs up, which ends both directions."""
    with suppress(*HUNG_UP):
        while True:
            await sink.send(await source.receive())
    tasks.cancel_scope.cancel()


def _answer(page: str) -> bytes:
    body = page.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


@contextmanager
def proxying(tls: ssl.SSLContext, pages: Mapping[str, str]) -> Iterator[int]:
    """The proxy in a thread of its own: its port on 127.0.0.1."""
    with start_blocking_portal() as portal:
        listener = portal.call(_listen)
        secured = TLSListener(listener, tls, standard_compatible=False)
        serving = portal.start_task_soon(secured.serve, Proxy(pages).relay)
        yield listener.extra(SocketAttribute.local_port)
        serving.cancel()
        portal.call(listener.aclose)


async def _listen() -> SocketListener:
    multi = await anyio.create_tcp_listener(local_host="127.0.0.1")
    return multi.listeners[0]
