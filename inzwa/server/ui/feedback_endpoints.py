"""What the page and gradio_client call to give feedback: consent, rate, contribute, see and withdraw what is theirs."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import gradio as gr
from anyio import to_thread
from gradio.events import api

from inzwa.audio.files import read_recording
from inzwa.feedback.ratings import MAX_TEXT
from inzwa.feedback.records import JsonObject
from inzwa.server.app_state import AppState
from inzwa.server.feedback.service import Clip, describe_consent
from inzwa.server.limits import RateLimit
from inzwa.server.ui.calls import admit, check_short, error_sentences
from inzwa.server.ui.feedback_arguments import check_number, check_texts, consent_from, rating_from
from inzwa.server.ui.strings import say

AT_ONCE: Final = 8
"""Calls of these endpoints that are worked on at once: they wait for the disk, not for a core."""

GROUP: Final = "feedback"

CLIP_DEFAULTS: Final = {"kind": "turn", "text": "", "conversation": ""}


def add_feedback_endpoints(app_state: AppState) -> None:
    """Name them in the Blocks that are being built. Without parts on the page: its own scripts call them."""
    endpoints = FeedbackEndpoints(app_state)
    for call in (
        endpoints.consent_text,
        endpoints.consent,
        endpoints.rate,
        endpoints.remove_recording,
        endpoints.mine,
        endpoints.withdraw,
    ):
        api(call, api_name=call.__name__, concurrency_limit=AT_ONCE, concurrency_id=GROUP)
    with gr.Row(visible=False):  # Gradio checks where a file's path came from for components only
        audio = gr.Audio(sources=["upload"], type="filepath", label="audio")
        required = [gr.Textbox(label=name) for name in ("code", "key")]
        optional = [gr.Textbox(value, label=name) for name, value in CLIP_DEFAULTS.items()]
        inputs = [audio, *required, *optional, gr.Number(0, precision=0, label="turn"), gr.Textbox("", label="task")]
        output, send = gr.JSON(label="recording"), gr.Button("contribute")
    send.click(
        endpoints.contribute,
        inputs,
        output,
        api_name="contribute",
        concurrency_limit=AT_ONCE,
        concurrency_id=GROUP,
    )


class FeedbackEndpoints:
    """The public calls of contributors, each answered once it is on disk."""

    def __init__(self, app_state: AppState) -> None:
        self._app_state, self._settings = app_state, app_state.settings

    async def consent_text(self, request: gr.Request | None = None) -> JsonObject:
        """What contributors are told and asked: {"version", "licence", "feedback": "off", "ratings" or "full", "sn" and
        "en": {"title", "paragraphs", "text_choice", "voice_choice", "adult_choice"}}."""
        with self._sentences():
            await self._admit(request, "consent_text")
            return describe_consent(self._settings)

    async def consent(
        self,
        text: bool,
        voice: bool = False,
        adult: bool = False,
        language: str = "sn",
        age_band: str = "",
        gender: str = "",
        variety: str = "",
        first_language: str = "",
        code: str = "",
        request: gr.Request | None = None,
    ) -> JsonObject:
        """Agree to what /consent_text says: ratings and texts (text), recordings (voice, for those of 18 years or
        older: adult), and describe yourself as far as you like; to {"code", "contributor", "version", "text", "voice",
        "licence"}. Keep the code: with it you see, change and delete what you gave. With an earlier code it replaces
        that consent."""
        with self._sentences():
            await self._admit(request, "consent")
            feedback = self._app_state.require_feedback()
            check_short(code=code)
            choices = {"text": text, "voice": voice, "adult": adult}
            profile = {"age_band": age_band, "gender": gender, "variety": variety, "first_language": first_language}
            consent = consent_from(self._settings, choices, language, profile)
            return await feedback.consent(consent, code)

    async def rate(
        self,
        conversation: str,
        turn: int,
        code: str,
        key: str,
        verdict: str = "",
        reasons: list[str] | None = None,
        transcript: str = "",
        better_reply: str = "",
        comment: str = "",
        request: gr.Request | None = None,
    ) -> JsonObject:
        """Say what you think of a turn: the `conversation` of the socket's `ready`, the turn's number, your code, a key
        of your own (the same key counts once), a verdict (up, down or empty), reasons (misheard, wrong_answer,
        bad_shona, unnatural_voice, too_slow, interrupted_me, unsafe, other), what was really said, how the reply should
        have been, a comment; to {"turn", "key"}. Again it replaces, with nothing said it takes back."""
        with self._sentences():
            await self._admit(request, "rating", self._app_state.rating_rate)
            feedback = self._app_state.require_feedback()
            check_short(conversation=conversation, code=code, key=key)
            texts = {"transcript": transcript, "better_reply": better_reply, "comment": comment}
            rating = rating_from(verdict, reasons, texts)
            await feedback.rate(code, conversation, check_number("turn", turn), rating, key)
            return {"turn": turn, "key": key}

    async def contribute(
        self,
        audio: str | None,
        code: str,
        key: str,
        kind: str = "turn",
        text: str = "",
        conversation: str = "",
        turn: int = 0,
        task: str = "",
        request: gr.Request | None = None,
    ) -> JsonObject:
        """Give a recording: a sound file, your code, a key of your own (the same key counts once), and what it is of:
        kind "turn" with text (what is said), conversation and turn, or kind "reading" with the task whose sentence you
        read aloud; to {"recording": id}."""
        with self._sentences():
            await self._admit(request, "contribute")
            feedback = self._app_state.require_feedback()
            check_short(code=code, key=key, kind=kind, conversation=conversation, task=task)
            check_texts(text=text)
            feedback.require_recordings()
            if not audio:
                raise gr.Error(say("error.no_audio"), title="no_audio", print_exception=False)
            sound = await to_thread.run_sync(read_recording, Path(audio), self._settings.max_audio_seconds)
            number = check_number("turn", turn)
            clip = Clip(sound=sound, kind=kind, text=text, conversation=conversation, turn=number, task=task)
            return {"recording": await feedback.contribute(code, key, clip)}

    async def remove_recording(self, code: str, recording: str, request: gr.Request | None = None) -> JsonObject:
        """Delete one recording of yours, by your code and the recording's id; to {"removed": whether it was there}."""
        with self._sentences():
            await self._admit(request, "remove_recording")
            feedback = self._app_state.require_feedback()
            check_short(code=code, recording=recording)
            return {"removed": await feedback.remove_recording(code, recording)}

    async def mine(self, code: str, request: gr.Request | None = None) -> JsonObject:
        """What is kept of yours, by your code: {"consent", "counts", "recordings": [{"recording", "kind", "text",
        "duration_ms", "created_at"}]}."""
        with self._sentences():
            await self._admit(request, "mine")
            feedback = self._app_state.require_feedback()
            check_short(code=code)
            return await feedback.mine(code)

    async def withdraw(self, code: str, request: gr.Request | None = None) -> JsonObject:
        """Delete everything of yours, by your code: {"deleted": counts, "published": "scheduled" where it is deleted in
        the published dataset next, else "none"}. Nothing more is kept under that code."""
        with self._sentences():
            await self._admit(request, "withdraw")
            feedback = self._app_state.require_feedback()
            check_short(code=code)
            return await feedback.withdraw(code)

    async def _admit(self, request: gr.Request | None, call: str, limit: RateLimit | None = None) -> None:
        await admit(self._app_state, request, call, limit or self._app_state.rate)

    def _sentences(self) -> AbstractContextManager[None]:
        return error_sentences(self._app_state, chars=MAX_TEXT, seconds=self._settings.max_audio_seconds)
