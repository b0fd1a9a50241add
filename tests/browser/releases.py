"""The application behind a door that changes what a service worker must notice: releases, failures, a sign-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from anyio.from_thread import start_blocking_portal
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inzwa.server.app import create_app
from inzwa.server.ui.files import hashed_files
from tests.serving import opening, running, scripted_engines, settings

_SCRIPT: Final = hashed_files().script
_STEM: Final = _SCRIPT.rpartition("-")[0]


@dataclass(slots=True)
class Door:
    """An ASGI application. A release has its own script, and knows no other's."""

    app: ASGIApp
    release: str = ""
    """Twelve hexadecimal digits in place of the script's own; none for the release as it is."""
    failing: bool = False
    """Whether everything is answered 503."""
    signed_out: bool = False
    """Whether the page leads to a sign-in."""
    asked: list[str] = field(default_factory=list)
    """Paths asked for, in order."""

    @property
    def script(self) -> str:
        """Path of the release's script, relative to the page."""
        return f"{_STEM}-{self.release}.js" if self.release else _SCRIPT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"][1:]
        self.asked.append(scope["path"])
        if answer := self._refusal(path):
            await answer(scope, receive, send)
        elif path == self.script:
            moved = f"/{_SCRIPT}"
            await self.app({**scope, "path": moved, "raw_path": moved.encode()}, receive, send)
        elif path == "" and self.release:
            await (await self._page(scope, receive))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self, path: str) -> Response | None:
        if self.failing:
            return PlainTextResponse("Down", 503)
        if self.signed_out and path == "":
            return RedirectResponse("/healthz")
        return PlainTextResponse("Gone", 404) if path.startswith(_STEM) and path != self.script else None

    async def _page(self, scope: Scope, receive: Receive) -> Response:
        """The page, naming this release's script."""
        body = bytearray()

        async def collect(message: Message) -> None:
            body.extend(message.get("body", b""))

        plain = [(b"host", Request(scope).headers["host"].encode())]
        await self.app({**scope, "headers": plain}, receive, collect)
        return Response(body.decode().replace(_SCRIPT, self.script), media_type="text/html")


@contextmanager
def open_door(**values: object) -> Iterator[tuple[str, Door]]:
    """The door's address, and the door."""
    chosen = settings(**values)
    door = Door(create_app(chosen, opening(scripted_engines())))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(running(door, chosen)) as url:
        yield url, door
