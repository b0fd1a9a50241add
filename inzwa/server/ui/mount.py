"""Puts the page into the application, and closes what Gradio leaves open by default."""

from typing import Final

import gradio as gr
from fastapi import FastAPI
from gradio.themes import Base

from inzwa.server.ui.files import ROUTE, serve_assets

MAX_WAITING: Final = 8
"""Calls that may wait in Gradio's queue; the next one is refused."""

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

_HEAD: Final = f"""
<link rel="stylesheet" href="{ROUTE[1:]}/ui/page.css">
<link rel="icon" type="image/svg+xml" href="{ROUTE[1:]}/icons/inzwa.svg">
<link rel="modulepreload" href="{ROUTE[1:]}/ui/page.js">
<meta name="description" content="Inzwa hears Shona and answers aloud.">
"""


def mount_page(app: FastAPI, blocks: gr.Blocks) -> FastAPI:
    """The application with the page at "/" and its files at /inzwa. Set the lifespan and every other route before, and
    a CORSMiddleware: without one Gradio allows every origin, credentials included."""
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
    # Gradio checks file paths only once it was launched, and mounting does not set that.
    blocks.has_launched = True
    return app


def _theme() -> Base:
    """Gradio's own components in the colours of assets/ui/page.css, whose variables differ for light and dark."""
    theme = gr.themes.Default(primary_hue="emerald", neutral_hue="stone", radius_size="lg", font=_FONT, font_mono=_MONO)
    dark = {f"{name}_dark": value for name, value in _COLOURS.items()}
    return theme.set(color_accent="var(--green)", **_COLOURS, **dark)
