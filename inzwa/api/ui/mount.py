"""Puts the page into the application, with every door shut that Gradio leaves open by default."""

from collections.abc import Sequence
from typing import Final

import gradio as gr
from fastapi import FastAPI
from gradio.themes import Base
from starlette.middleware.cors import CORSMiddleware

from inzwa.api.ui.files import ROUTE, serve_assets

MAX_WAITING: Final = 8
"""Calls that may stand in Gradio's line; the next one is told so."""

_FONT: Final = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
"""The reader's own fonts: nothing is fetched from elsewhere."""

_HEAD: Final = f"""
<link rel="stylesheet" href="{ROUTE[1:]}/page.css">
<link rel="icon" type="image/svg+xml" href="{ROUTE[1:]}/icons/inzwa.svg">
<link rel="modulepreload" href="{ROUTE[1:]}/page.js">
<meta name="description" content="Inzwa hears Shona and answers aloud.">
"""


def mount_page(app: FastAPI, blocks: gr.Blocks, origins: Sequence[str] = ()) -> FastAPI:
    """The application with the page at "/" and its files at /inzwa. Set the lifespan and every other route before.

    `origins` may call from other sites; when the application has a CORSMiddleware of its own, that one rules instead.
    """
    _close_cross_origin(app, origins)
    serve_assets(app)
    blocks.queue(default_concurrency_limit=1, max_size=MAX_WAITING)
    app = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        ssr_mode=False,
        run_history=False,
        show_error=False,
        mcp_server=False,
        footer_links=["api"],
        theme=_theme(),
        head=_HEAD,
    )
    # Until Gradio believes that it was launched it checks no file path, and mounting does not tell it so.
    blocks.has_launched = True
    return app


def _close_cross_origin(app: FastAPI, origins: Sequence[str]) -> None:
    """Without a CORSMiddleware on the application Gradio admits every origin, credentials included."""
    if not any(middleware.cls is CORSMiddleware for middleware in app.user_middleware):
        app.add_middleware(CORSMiddleware, allow_origins=list(origins))


def _theme() -> Base:
    return gr.themes.Soft(
        primary_hue="emerald", neutral_hue="stone", font=_FONT, font_mono=("ui-monospace", "monospace")
    )
