"""What the page and gradio_client call: say, chat, talk. Checks sizes, says errors in words; knows no component."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Final

import anyio.to_thread
import gradio as gr
import numpy as np
import numpy.typing as npt

from inzwa.audio.files import read_recording
from inzwa.audio.pcm import pcm16_from_sound
from inzwa.errors import BadMessage, EmptyText, InzwaError, TextTooLong
from inzwa.protocols import Message
from inzwa.server.ui.host import PageHost, Spoken
from inzwa.server.ui.strings import page_strings, say

MAX_HISTORY: Final = 63
"""Messages before the one that is answered."""
MAX_HISTORY_CHARS: Final = 8_000
"""The longest reply has fewer."""

Clip = tuple[int, npt.NDArray[np.int16]]
"""Samples a second, and int16 samples of shape (samples,), as gr.Audio takes them."""


class Endpoints:
    """The three public calls, bound to the house that answers them."""

    def __init__(self, host: PageHost) -> None:
        self._host = host

    async def say(self, text: str, voice: str = "", speed: float = 1.0, request: gr.Request | None = None) -> Clip:
        """Read a text aloud: text, a voice's name (empty for the default) and a speed (0.5 to 2) to a sound file."""
        with self._in_words():
            await self._admit(request, "say")
            return _clip(await self._host.say(self._checked(text), voice, speed))

    async def chat(
        self, message: str, history: list[dict[str, str]] | None = None, request: gr.Request | None = None
    ) -> AsyncGenerator[str, None]:
        """Answer a message: message and history, a list of {"role": "user" or "assistant", "content"}, to a reply."""
        with self._in_words():
            await self._admit(request, "chat")
            messages = [*_messages(history), Message("user", self._checked(message))]
            reply = ""
            async with aclosing(self._host.chat(messages)) as pieces:
                async for piece in pieces:
                    reply += piece
                    yield reply

    async def talk(self, audio: str | None, request: gr.Request | None = None) -> tuple[str, str, Clip]:
        """Answer a recording: a sound file to what was heard, the reply, and the reply as a sound file."""
        with self._in_words():
            await self._admit(request, "talk")
            if not audio:
                raise gr.Error(say("error.no_audio"), print_exception=False)
            seconds = self._host.settings.max_audio_seconds
            sound = await anyio.to_thread.run_sync(read_recording, Path(audio), seconds)
            transcript, reply, spoken = await self._host.talk(sound)
            return transcript, reply, _clip(spoken)

    async def _admit(self, request: gr.Request | None, call: str) -> None:
        """Gradio gives every call from outside its request; who calls from inside has none."""
        if request is not None:
            await self._host.admit(request.request, call)

    def _checked(self, text: str) -> str:
        if not isinstance(text, str):
            raise BadMessage("A text is needed.")
        if not text.strip():
            raise EmptyText("There is nothing to say.")
        if len(text) > self._host.settings.max_text_chars:
            raise TextTooLong("The text is too long.")
        return text.strip()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Errors of the house as the sentences that the page shows, in both languages."""
        try:
            yield
        except InzwaError as error:
            raise gr.Error(self._sentence(error), print_exception=False) from error

    def _sentence(self, error: InzwaError) -> str:
        key = f"error.{error.code}"
        settings = self._host.settings
        limits = {"chars": settings.max_text_chars, "seconds": f"{settings.max_audio_seconds:g}"}
        return say(key if key in page_strings() else "error.unknown", **limits)


def _messages(history: Sequence[dict[str, str]] | None) -> list[Message]:
    try:
        messages = [Message(entry["role"], entry["content"]) for entry in history or ()]
    except (TypeError, KeyError) as error:
        raise BadMessage("History is a list of objects with role and content.") from error
    if len(messages) > MAX_HISTORY:
        raise TextTooLong(f"History has at most {MAX_HISTORY} messages.")
    if any(message.role not in {"user", "assistant"} or not isinstance(message.content, str) for message in messages):
        raise BadMessage("A role is user or assistant, and content is text.")
    if any(len(message.content) > MAX_HISTORY_CHARS for message in messages):
        raise TextTooLong(f"A message of the history has at most {MAX_HISTORY_CHARS} characters.")
    return messages


def _clip(spoken: Spoken) -> Clip:
    rate, samples = spoken
    if samples.dtype == np.int16:
        return rate, samples
    return rate, np.frombuffer(pcm16_from_sound(samples), dtype="<i2")
