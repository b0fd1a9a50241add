"""The folder of the browser's files, and the route that serves them."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_PACKAGE: Final = Path(__file__).resolve().parents[2]
_IN_A_WHEEL: Final = _PACKAGE / "assets"
ASSETS: Final = _IN_A_WHEEL if _IN_A_WHEEL.is_dir() else _PACKAGE.parent / "assets"
"""The assets folder: inside the package in a wheel, beside it in the repository."""

ROUTE: Final = "/inzwa"
"""Where they are served. Never /static or /assets: Gradio owns those."""


class _FreshFiles(StaticFiles):
    """Files that the browser asks about each time, so that a new release never meets an old script."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def asset(name: str) -> str:
    """The text of one file in the assets folder."""
    return (ASSETS / name).read_text(encoding="utf-8")


def serve_assets(app: FastAPI) -> None:
    """Adds the route; call it before anything is mounted at "/"."""
    app.mount(ROUTE, _FreshFiles(directory=ASSETS), name="inzwa-assets")
