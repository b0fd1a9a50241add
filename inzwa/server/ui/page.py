"""The Gradio page, at /app: four tabs (live talk, evaluation, record-then-send, reading aloud), and named endpoints."""

from collections.abc import Sequence
from typing import Any, Final, cast

import gradio as gr
from gradio.events import api

from inzwa.server.app_state import AppState
from inzwa.server.readiness import JsonObject, readiness
from inzwa.server.redaction import without_folders
from inzwa.server.ui.endpoints import Endpoints
from inzwa.server.ui.evaluate.tab import evaluate_tab
from inzwa.server.ui.feedback_endpoints import add_feedback_endpoints
from inzwa.server.ui.files import asset, hashed_files
from inzwa.server.ui.labels import Labels
from inzwa.server.ui.light_page import talk_props
from inzwa.server.ui.strings import page_strings
from inzwa.settings import Settings

_START_SCRIPT: Final = """
import(new URL("{script}", document.baseURI)).then(({{ mount }}) => mount(element, props, watch));
element.addEventListener("click", ({{ target }}) => target.closest("[data-language]") && trigger("change"));
"""
"""Loads the page's script from beside the page, under whatever path a proxy serves it; says when the language has been
switched, which the script has stored by then: its listener is nearer to the button."""

_CHOOSE_TAB: Final = """() => {
  const tab = new URLSearchParams(location.search).get("tab");
  return { __type__: "update", ...(%s.includes(tab) && { selected: tab }) };
}"""
"""`/app?tab=read` opens that tab."""

_CACHE_SECONDS: Final = (300, 900)
"""How often old recordings and replies are deleted, and how old they may get."""


def build_page(app_state: AppState) -> gr.Blocks:
    """The whole page. It stores nothing of what people say."""
    endpoints, settings = Endpoints(app_state), app_state.settings
    labels = Labels()
    blocks = gr.Blocks(title=page_strings()["page.title"].sn, analytics_enabled=False, delete_cache=_CACHE_SECONDS)
    with blocks:
        with gr.Tabs() as tabs:
            with _tab("talk", labels):
                live = _live_talk(settings)
            if settings.feedback != "off":
                with _tab("evaluate", labels):
                    evaluate_tab(app_state, labels)
            with _tab("record", labels):
                _record_then_send(endpoints, labels)
            with _tab("read", labels):
                voice = _read_aloud(endpoints, settings, labels)
        api(endpoints.chat, api_name="chat")
        add_feedback_endpoints(app_state)
        blocks.load(
            lambda: _status(app_state),
            outputs=[live, voice],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        names = [str(tab.id) for tab in tabs.children if isinstance(tab, gr.Tab)]
        blocks.load(None, outputs=[tabs], js=_CHOOSE_TAB % names, api_visibility="private")
        for event in (blocks.load, live.change):
            event(None, outputs=cast("Any", labels.components), js=labels.script, api_visibility="private")
    return blocks


def _tab(name: str, labels: Labels) -> gr.Tab:
    tab = gr.Tab(_sn(f"tab.{name}"), id=name, elem_id=f"inzwa-tab-{name}")
    labels.add(tab, label=f"tab.{name}")
    return tab


def _live_talk(settings: Settings) -> gr.HTML:
    return gr.HTML(
        value=None,
        html_template=asset("ui/page.html"),
        js_on_load=_START_SCRIPT.format(script=hashed_files().script),
        apply_default_css=False,
        elem_id="inzwa-talk",
        **talk_props(settings),
    )


def _record_then_send(endpoints: Endpoints, labels: Labels) -> None:
    hint = gr.Markdown(_sn("record.hint"))
    audio = gr.Audio(label=_sn("record.audio"), sources=["microphone", "upload"], type="filepath", editable=False)
    send = gr.Button(_sn("talk.send"), variant="primary")
    transcript = gr.Textbox(label=_sn("record.transcript"), interactive=False)
    reply = gr.Textbox(label=_sn("record.reply"), interactive=False)
    spoken = _sound("record.spoken", labels)
    labels.add(hint, value="record.hint")
    labels.add(audio, label="record.audio")
    labels.add(send, value="talk.send")
    labels.add(transcript, label="record.transcript")
    labels.add(reply, label="record.reply")
    send.click(endpoints.talk, [audio], [transcript, reply, spoken], api_name="talk")


def _read_aloud(endpoints: Endpoints, settings: Settings, labels: Labels) -> gr.Dropdown:
    text = gr.Textbox(label=_sn("read.text"), lines=3, max_length=settings.max_text_chars)
    with gr.Row():
        voice = gr.Dropdown(_choices(()), value="", label=_sn("read.voice"), allow_custom_value=True, min_width=240)
        speed = gr.Slider(0.5, 2.0, value=1.0, step=0.1, label=_sn("read.speed"), min_width=240)
    speak = gr.Button(_sn("read.speak"), variant="primary")
    sound = _sound("read.sound", labels)
    labels.add(text, label="read.text")
    labels.add(voice, label="read.voice")
    labels.add(speed, label="read.speed")
    labels.add(speak, value="read.speak")
    speak.click(endpoints.say, [text, voice, speed], [sound], api_name="say")
    return voice


def _sound(key: str, labels: Labels) -> gr.Audio:
    wave = gr.WaveformOptions(waveform_progress_color="#17694a")
    sound = gr.Audio(
        label=_sn(key), interactive=False, autoplay=True, format="wav", buttons=["download"], waveform_options=wave
    )
    labels.add(sound, label=key)
    return sound


def _sn(key: str) -> str:
    """The text in Shona, in which a page begins."""
    return page_strings()[key].sn


def _status(app_state: AppState) -> tuple[JsonObject, dict[str, Any]]:
    """What serves each stage, or how far its warm-up is, for the page's script; and the voices to choose from."""
    body = without_folders(readiness(app_state))
    return body, gr.update(choices=_choices(cast("list[str]", body["voices"])), value="")


def _choices(voices: Sequence[str]) -> list[tuple[str, str]]:
    """What is shown, and what `say` takes; the default voice first, which is asked for by no name."""
    default, *others = voices or ("…",)
    return [(default, ""), *((name, name) for name in others)]
