"""Puts the light page at "/" and Gradio's page at /app, and closes what Gradio leaves open by default."""

from typing import Final

import gradio as gr
from fastapi import FastAPI
from gradio.themes import Base
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from inzwa.server.ui.files import hashed_files, serve_assets
from inzwa.server.ui.light_page import APP, LightPage
from inzwa.settings import Settings

MAX_WAITING: Final = 8
"""Calls that may wait in Gradio's queue; the next one is refused."""

QUEUE_POLL_S: Final = 0.1
"""How often Gradio's queue looks for a call. By itself it does so each millisecond, which takes 5 % of a core."""

PROGRESS_POLL_S: Final = 1.0
"""How often it looks for the progress of calls, which Inzwa's have not."""

_FONT: Final = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
"""The reader's own fonts: nothing is fetched from elsewhere."""

_MONO: Final = ("ui-monospace", "Consolas", "monospace")

_COLOURS: Final = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--soft)",
    "color_accent_soft": "var(--green-soft)",
    "block_background_fill": "var(--card)",
    "block_border_color": "var(--line)",
    "block_label_background_fill": "transparent",
    "block_label_border_color": "transparent",
    "block_label_text_color": "var(--soft)",
    "block_title_text_color": "var(--soft)",
    "border_color_primary": "var(--line)",
    "input_background_fill": "var(--paper)",
    "input_border_color": "var(--line)",
    "slider_color": "var(--green)",
    "button_primary_background_fill": "var(--green)",
    "button_primary_background_fill_hover": "var(--green)",
    "button_primary_border_color": "var(--green)",
    "button_primary_text_color": "var(--green-ink)",
    "button_secondary_background_fill": "var(--card)",
    "button_secondary_text_color": "var(--ink)",
}

_HEAD: Final = """
<link rel="stylesheet" href="{0.style}">
<link rel="icon" type="image/svg+xml" href="{0.icon}">
<link rel="modulepreload" href="{0.script}">
<meta name="description" content="Inzwa hears Shona and answers aloud.">
"""


class _GradioPage:
    """An ASGI application: Gradio's own page, asked for by another path. All its links are relative to the root."""

    def __init__(self, gradio: Mount) -> None:
        self._gradio = gradio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = f"{scope.get('root_path', '')}/"
        moved = {**scope, "path": path, "raw_path": path.encode()}
        _, matched = self._gradio.matches(moved)
        await self._gradio.handle({**moved, **matched}, receive, send)


def mount_page(app: FastAPI, blocks: gr.Blocks, settings: Settings) -> FastAPI:
    """The application with the page at "/", Gradio's at /app and their files at /inzwa. Set the lifespan and every
    other route before, and a CORSMiddleware: without one Gradio allows every origin, credentials included.

    Gradio itself is mounted at "/", where its clients look for it."""
    serve_assets(app)
    app.router.routes.append(LightPage(settings).route)
    app.router.routes.append(Route(f"/{APP}/", _without_slash, include_in_schema=False))
    blocks.queue(default_concurrency_limit=1, max_size=MAX_WAITING)
    blocks._queue.sleep_when_free, blocks._queue.progress_update_sleep_when_free = QUEUE_POLL_S, PROGRESS_POLL_S
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
        head=_HEAD.format(hashed_files()),
    )
    gradio = app.router.routes.pop()
    if not isinstance(gradio, Mount):
        raise TypeError("Gradio was not mounted as the last route.")
    app.router.routes += [Route(f"/{APP}", _GradioPage(gradio), include_in_schema=False), gradio]
    # Gradio checks file paths only once it was launched, and mounting does not set that.
    blocks.has_launched = True
    return app


async def _without_slash(request: Request) -> RedirectResponse:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"../{APP}{query}")


def _theme() -> Base:
    """Gradio's own components in the colours of assets/ui/page.css, whose variables differ for light and dark."""
    theme = gr.themes.Default(primary_hue="emerald", neutral_hue="stone", radius_size="lg", font=_FONT, font_mono=_MONO)
    dark = {f"{name}_dark": value for name, value in _COLOURS.items()}
    return theme.set(color_accent="var(--green)", **_COLOURS, **dark)
