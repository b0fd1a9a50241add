"""The browser's files: where they lie, those whose names change with their content, and the routes that serve them."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import brotli
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from inzwa.server.ui.bundle import bundle, hashed_name

_PACKAGE: Final = Path(__file__).resolve().parents[2]
_IN_A_WHEEL: Final = _PACKAGE / "assets"
ASSETS: Final = _IN_A_WHEEL if _IN_A_WHEEL.is_dir() else _PACKAGE.parent / "assets"
"""The assets folder: inside the package in a wheel, beside it in the repository."""

ROUTE: Final = "/inzwa"
"""Where they are served. Never /static or /assets: Gradio owns those."""

_ENTRY: Final = "ui/light-page.js"
_EVALUATE: Final = "evaluate/evaluate.js"
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASK_AGAIN: Final = {"Cache-Control": "no-cache"}
_SCRIPT_TYPE: Final = "text/javascript"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text in every encoding in which it is sent; made once, for brotli at its best takes 0.1 s."""

    plain: bytes
    gzip: bytes
    brotli: bytes

    @classmethod
    def of(cls, text: str) -> "Encoded":
        content = text.encode()
        return cls(content, gzip.compress(content, 9, mtime=0), brotli.compress(content, quality=11))

    def response(self, request: Request, media_type: str, headers: Mapping[str, str]) -> Response:
        """The smallest that the client takes."""
        accepted = _accepted(request.headers.get("accept-encoding", ""))
        coding = next((name for name in ("br", "gzip") if name in accepted), "")
        body = {"br": self.brotli, "gzip": self.gzip}.get(coding, self.plain)
        named = {"Content-Encoding": coding} if coding else {}
        return Response(body, 200, {**headers, **named, "Vary": "Accept-Encoding"}, media_type)


@dataclass(frozen=True, slots=True)
class HashedFiles:
    """The files that a browser may keep for ever."""

    script: str
    """Path of the page's one script, without a slash before it, as the others: relative to the page."""
    later: tuple[str, ...]
    """Paths of the scripts that it loads with the first gesture."""
    evaluate: str
    """The script of the Evaluate tab of Gradio's page."""
    style: str
    icon: str
    contents: Mapping[str, tuple[Encoded, str]]
    """What is served, and its media type, by name below ROUTE."""


class _Files(StaticFiles):
    """Hashed files, kept for ever; and every other, about which the browser asks each time, so that a new release never
    meets an old script."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["method"] in ("GET", "HEAD") and (found := hashed_files().contents.get(path)):
            return found[0].response(Request(scope), found[1], _FOR_EVER)
        response = await super().get_response(path, scope)
        response.headers.update(_ASK_AGAIN)
        return response


def asset(name: str) -> str:
    """The text of one file in the assets folder."""
    return (ASSETS / name).read_text(encoding="utf-8")


def page_style() -> str:
    """The styles of the talk page's component, with those of what evaluators give there."""
    return asset("ui/page.css") + asset("feedback/feedback.css")


@cache
def hashed_files() -> HashedFiles:
    """Made once for a process, at its start. ValueError for a script in a form that the bundler does not know."""
    scripts, evaluate = bundle(ASSETS / _ENTRY), bundle(ASSETS / _EVALUATE)
    style, icon = page_style(), asset("icons/inzwa.svg")
    named = {script.name: (script.text, _SCRIPT_TYPE) for script in (*scripts, *evaluate)}
    named[hashed_name("page.css", style.encode())] = (style, "text/css")
    named[hashed_name("inzwa.svg", icon.encode())] = (icon, "image/svg+xml")
    paths = {name: f"{ROUTE[1:]}/{name}" for name in named}
    script, *later = (paths[each.name] for each in scripts)
    style_path, icon_path = [*paths.values()][-2:]
    contents = {name: (Encoded.of(text), media_type) for name, (text, media_type) in named.items()}
    evaluate_path = paths[evaluate[0].name]
    return HashedFiles(script, tuple(later), evaluate_path, style_path, icon_path, MappingProxyType(contents))


def serve_assets(app: FastAPI) -> None:
    """Adds the routes; call it before anything is mounted at "/"."""
    hashed_files()
    app.mount(ROUTE, _Files(directory=ASSETS), name="inzwa-assets")
    app.router.routes.append(Route("/service-worker.js", _service_worker, include_in_schema=False))


async def _service_worker(_request: Request) -> Response:
    """At the root, because a service worker serves only what lies beside it."""
    return Response(asset("service-worker.js"), headers=_ASK_AGAIN, media_type=_SCRIPT_TYPE)


def _accepted(header: str) -> set[str]:
    """The content codings that an Accept-Encoding header names, without those that it excludes by `q=0`."""
    codings = (each.replace(" ", "").lower().partition(";q=") for each in header.split(","))
    return {name for name, _, weight in codings if not weight or weight.strip("0.")}
