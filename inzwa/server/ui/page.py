"""The Gradio page, at /app: live talk over the socket, record-then-send, reading aloud, and the named endpoints."""

from collections.abc import Sequence
from typing import Any, Final, cast

import gradio as gr
from gradio.events import api

from inzwa.server.app_state import AppState
from inzwa.server.readiness import JsonObject, readiness
from inzwa.server.redaction import without_folders
from inzwa.server.ui.endpoints import Endpoints
from inzwa.server.ui.files import asset, hashed_files
from inzwa.server.ui.light_page import talk_props
from inzwa.server.ui.strings import page_strings, say
from inzwa.settings import Settings

_START_SCRIPT: Final = """
import(new URL("{script}", document.baseURI)).then(({{ mount }}) => mount(element, props, watch));
"""
"""Loads the page's script from beside the page, under whatever path a proxy serves it."""

_CACHE_SECONDS: Final = (300, 900)
"""How often old recordings and replies are deleted, and how old they may get."""


def build_page(app_state: AppState) -> gr.Blocks:
    """The whole page. It stores nothing of what people say."""
    endpoints, settings = Endpoints(app_state), app_state.settings
    title = page_strings()["page.title"].sn
    blocks = gr.Blocks(title=title, analytics_enabled=False, delete_cache=_CACHE_SECONDS)
    with blocks:
        with gr.Tabs():
            with gr.Tab(say("tab.talk")):
                live = _live_talk(settings)
            with gr.Tab(say("tab.record")):
                _record_then_send(endpoints)
            with gr.Tab(say("tab.read")):
                voice = _read_aloud(endpoints, settings)
        api(endpoints.chat, api_name="chat")
        blocks.load(
            lambda: _status(app_state),
            outputs=[live, voice],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    return blocks


def _live_talk(settings: Settings) -> gr.HTML:
    return gr.HTML(
        value=None,
        html_template=asset("ui/page.html"),
        js_on_load=_START_SCRIPT.format(script=hashed_files().script),
        apply_default_css=False,
        elem_id="inzwa-talk",
        **talk_props(settings),
    )


def _record_then_send(endpoints: Endpoints) -> None:
    gr.Markdown(say("record.hint"))
    audio = gr.Audio(label=say("record.audio"), sources=["microphone", "upload"], type="filepath", editable=False)
    send = gr.Button(say("talk.send"), variant="primary")
    transcript = gr.Textbox(label=say("record.transcript"), interactive=False)
    reply = gr.Textbox(label=say("record.reply"), interactive=False)
    spoken = _sound(say("record.spoken"))
    send.click(endpoints.talk, [audio], [transcript, reply, spoken], api_name="talk")


def _read_aloud(endpoints: Endpoints, settings: Settings) -> gr.Dropdown:
    text = gr.Textbox(label=say("read.text"), lines=3, max_length=settings.max_text_chars)
    with gr.Row():
        voice = gr.Dropdown(_choices(()), value="", label=say("read.voice"), allow_custom_value=True, min_width=240)
        speed = gr.Slider(0.5, 2.0, value=1.0, step=0.1, label=say("read.speed"), min_width=240)
    speak = gr.Button(say("read.speak"), variant="primary")
    sound = _sound(say("read.sound"))
    speak.click(endpoints.say, [text, voice, speed], [sound], api_name="say")
    return voice


def _sound(label: str) -> gr.Audio:
    wave = gr.WaveformOptions(waveform_progress_color="#17694a")
    return gr.Audio(
        label=label, interactive=False, autoplay=True, format="wav", buttons=["download"], waveform_options=wave
    )


def _status(app_state: AppState) -> tuple[JsonObject, dict[str, Any]]:
    """What serves each stage, or how far its warm-up is, for the page's script; and the voices to choose from."""
    body = without_folders(readiness(app_state))
    return body, gr.update(choices=_choices(cast("list[str]", body["voices"])), value="")


def _choices(voices: Sequence[str]) -> list[tuple[str, str]]:
    """What is shown, and what `say` takes; the default voice first."""
    return [(say("read.default_voice"), ""), *((name, name) for name in voices)]
