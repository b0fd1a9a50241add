"""What the page and gradio_client call: say, chat, talk. Sizes are checked, errors become sentences."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Final, Literal, cast

import anyio.to_thread
import gradio as gr
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import HTTPConnection

from inzwa.audio.files import read_recording
from inzwa.audio.pcm import pcm16_from_sound
from inzwa.errors import BadMessage, InzwaError, TextTooLong
from inzwa.protocols import Message
from inzwa.server.request_options import check_text
from inzwa.server.ui.host import PageHost, Spoken
from inzwa.server.ui.strings import page_strings, say

MAX_HISTORY: Final = 63
"""Messages before the one that is answered."""
MAX_HISTORY_CHARS: Final = 8_000
"""The longest reply has fewer."""

Clip = tuple[int, npt.NDArray[np.int16]]
"""Samples a second, and int16 samples of shape (samples,), as gr.Audio takes them."""


class PastMessage(BaseModel):
    """One entry of `chat`'s history; Gradio's other fields are ignored."""

    role: Literal["user", "assistant"]
    content: str


_HISTORY: Final = TypeAdapter(list[PastMessage])


class Endpoints:
    """The three public calls, bound to the host that answers them."""

    def __init__(self, host: PageHost) -> None:
        self._host = host

    async def say(self, text: str, voice: str = "", speed: float = 1.0, request: gr.Request | None = None) -> Clip:
        """Read a text aloud: text, a voice's name (empty for the default) and a speed (0.5 to 2) to a sound file."""
        with self._error_sentences():
            await self._admit(request, "say")
            return _clip(await self._host.say(self._checked(text), voice, speed))

    async def chat(
        self, message: str, history: list[dict[str, str]] | None = None, request: gr.Request | None = None
    ) -> AsyncGenerator[str, None]:
        """Answer a message: message and history, a list of {"role": "user" or "assistant", "content"}, to a reply."""
        with self._error_sentences():
            await self._admit(request, "chat")
            messages = [*_messages(history), Message("user", self._checked(message))]
            reply = ""
            async with aclosing(self._host.chat(messages)) as pieces:
                async for piece in pieces:
                    reply += piece
                    yield reply

    async def talk(self, audio: str | None, request: gr.Request | None = None) -> tuple[str, str, Clip]:
        """Answer a recording: a sound file to what was heard, the reply, and the reply as a sound file."""
        with self._error_sentences():
            await self._admit(request, "talk")
            if not audio:
                raise gr.Error(say("error.no_audio"), print_exception=False)
            seconds = self._host.settings.max_audio_seconds
            sound = await anyio.to_thread.run_sync(read_recording, Path(audio), seconds)
            transcript, reply, spoken = await self._host.talk(sound)
            return transcript, reply, _clip(spoken)

    async def _admit(self, request: gr.Request | None, call: str) -> None:
        """Every call from outside has a request; a call from within the program has none."""
        if request is not None:
            await self._host.admit(cast("HTTPConnection", request.request), call)  # None only in a second process

    def _checked(self, text: str) -> str:
        if not isinstance(text, str):  # Gradio passes on whatever JSON has
            raise BadMessage("A text is needed.")
        check_text(text, self._host.settings.max_text_chars)
        return text.strip()

    @contextmanager
    def _error_sentences(self) -> Iterator[None]:
        """Errors become the sentences that the page shows, in both languages."""
        try:
            yield
        except InzwaError as error:
            raise gr.Error(self._sentence(error), print_exception=False) from error

    def _sentence(self, error: InzwaError) -> str:
        key = f"error.{error.code}"
        settings = self._host.settings
        limits = {"chars": settings.max_text_chars, "seconds": f"{settings.max_audio_seconds:g}"}
        return say(key if key in page_strings() else "error.unknown", **limits)


def _messages(history: list[dict[str, str]] | None) -> list[Message]:
    try:
        messages = [Message(each.role, each.content) for each in _HISTORY.validate_python(history or [])]
    except ValidationError:
        raise BadMessage("History is a list of objects with role (user or assistant) and content (text).") from None
    if len(messages) > MAX_HISTORY:
        raise TextTooLong(f"History has at most {MAX_HISTORY} messages.")
    if any(len(message.content) > MAX_HISTORY_CHARS for message in messages):
        raise TextTooLong(f"A message of the history has at most {MAX_HISTORY_CHARS} characters.")
    return messages


def _clip(spoken: Spoken) -> Clip:
    rate, sound = spoken
    return rate, np.frombuffer(pcm16_from_sound(sound), dtype="<i2")
