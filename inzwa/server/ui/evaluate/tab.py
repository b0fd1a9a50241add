"""The Evaluate tab: consent, tasks one after the other, withdrawal; drawn by assets/evaluate in the browser."""

from typing import Final

import gradio as gr

from inzwa.server.app_state import AppState
from inzwa.server.ui.evaluate.endpoints import TaskEndpoints
from inzwa.server.ui.evaluate.sign_in import sign_in_offered
from inzwa.server.ui.files import asset, hashed_files
from inzwa.server.ui.labels import Labels
from inzwa.server.ui.light_page import talk_props
from inzwa.server.ui.strings import page_strings

_START_SCRIPT: Final = """
import(new URL("{script}", document.baseURI)).then(({{ mount }}) => mount(element, props));
"""


def evaluate_tab(app_state: AppState, labels: Labels) -> None:
    """The tab's content and its endpoints, in the Blocks that are being built."""
    gr.HTML(
        value=None,
        html_template='<section class="inzwa evaluate"></section>',
        css_template=asset("evaluate/evaluate.css"),
        js_on_load=_START_SCRIPT.format(script=hashed_files().evaluate),
        apply_default_css=False,
        elem_id="inzwa-evaluate",
        sign_in=sign_in_offered(),
        **talk_props(app_state.settings),
    )
    if sign_in_offered():
        _sign_in(labels)
    TaskEndpoints(app_state).register()


def _sign_in(labels: Labels) -> None:
    """The Hub's own button; it works only where the Hub has set the Space up for it."""
    hint = gr.Markdown(page_strings()["evaluate.sign_in_hint"].sn)
    labels.add(hint, value="evaluate.sign_in_hint")
    # Its text is in both languages: by the text Gradio tells whether to sign in or out.
    texts = {name: page_strings()[f"evaluate.{name}"] for name in ("sign_in", "sign_out")}
    gr.LoginButton(value=texts["sign_in"].both, logout_value=texts["sign_out"].sn, elem_id="inzwa-sign-in")
