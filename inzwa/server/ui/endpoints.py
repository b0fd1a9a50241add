"""What the page and gradio_client call: say, chat, talk. Sizes are checked, errors become sentences."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Final, Literal, cast

import anyio
import anyio.to_thread
import gradio as gr
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import HTTPConnection

from inzwa.audio.files import read_recording
from inzwa.audio.pcm import Sound, pcm16_from_sound
from inzwa.conversation.output.reply import answer, read_aloud
from inzwa.errors import BadMessage, InzwaError, NoSpeech, TextTooLong
from inzwa.protocols import HearOptions, Message, VoiceOptions, stage_errors
from inzwa.server.app_state import AppState
from inzwa.server.request_options import chat_options, check_text, hotwords, system_prompt, voice_options
from inzwa.server.security import address, check_access
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
    """The three public calls, answered by the application's engines."""

    def __init__(self, app_state: AppState) -> None:
        self._app_state, self._settings = app_state, app_state.settings

    async def say(self, text: str, voice: str = "", speed: float = 1.0, request: gr.Request | None = None) -> Clip:
        """Read a text aloud: text, a voice's name (empty for the default) and a speed (0.5 to 2) to a sound file."""
        with self._error_sentences():
            await self._admit(request, "say")
            text = self._checked(text)
            return await self._read_aloud(text, voice_options(voice, speed, self._app_state.engines.tts))

    async def chat(
        self, message: str, history: list[dict[str, str]] | None = None, request: gr.Request | None = None
    ) -> AsyncGenerator[str, None]:
        """Answer a message: message and history, a list of {"role": "user" or "assistant", "content"}, to a reply."""
        with self._error_sentences():
            await self._admit(request, "chat")
            messages = [*_messages(history), Message("user", self._checked(message))]
            reply = ""
            async with aclosing(self._answer(messages)) as pieces:
                async for piece in pieces:
                    reply += piece
                    yield reply

    async def talk(self, audio: str | None, request: gr.Request | None = None) -> tuple[str, str, Clip]:
        """Answer a recording: a sound file to what was heard, the reply, and the reply as a sound file."""
        with self._error_sentences():
            await self._admit(request, "talk")
            if not audio:
                raise gr.Error(say("error.no_audio"), print_exception=False)
            sound = await anyio.to_thread.run_sync(read_recording, Path(audio), self._settings.max_audio_seconds)
            heard = await self._transcribe(sound)
            async with aclosing(self._answer([Message("user", self._checked(heard))])) as pieces:
                reply = "".join([piece async for piece in pieces]).strip()
            return heard, reply, await self._read_aloud(reply, VoiceOptions(speed=self._settings.speed))

    async def _admit(self, request: gr.Request | None, call: str) -> None:
        """Rate limit and access token, as for /v1. Every call from outside has a request."""
        if request is not None:
            caller = cast("HTTPConnection", request.request)  # None only in a process that Gradio forked
            await self._app_state.rate.count(call, address(caller))
            check_access(self._settings, caller)

    def _checked(self, text: str) -> str:
        if not isinstance(text, str):  # Gradio passes on whatever JSON has
            raise BadMessage("A text is needed.")
        check_text(text, self._settings.max_text_chars)
        return text.strip()

    async def _transcribe(self, sound: Sound) -> str:
        asr, language = self._app_state.engines.asr, self._settings.language
        options = HearOptions(language=language, hotwords=hotwords(self._settings, language, asr.info))
        with stage_errors("asr"), anyio.fail_after(self._settings.engine_timeout_s):
            transcript = await asr.transcribe(sound, options)
        if not transcript.text:
            raise NoSpeech("No words were heard in the recording.")
        return transcript.text

    def _answer(self, messages: list[Message]) -> AsyncGenerator[str, None]:
        """The reply in pieces, after Inzwa's own system prompt."""
        llm, language, timeout_s = self._app_state.engines.llm, self._settings.language, self._settings.engine_timeout_s
        if system := system_prompt(self._settings, language, llm.info):
            messages = [Message("system", system), *messages]
        return answer(llm, messages, chat_options(self._settings), language=language, timeout_s=timeout_s)

    async def _read_aloud(self, text: str, options: VoiceOptions) -> Clip:
        with self._app_state.engines.pinned() as engines:
            rate, parts = engines.tts.sample_rate, [b""]
            speech = read_aloud(engines.tts, text, options, timeout_s=self._settings.engine_timeout_s)
            async with aclosing(speech) as chunks:
                async for chunk in chunks:
                    rate = chunk.sample_rate
                    parts.append(pcm16_from_sound(chunk.sound))
        return rate, np.frombuffer(b"".join(parts), dtype="<i2")

    @contextmanager
    def _error_sentences(self) -> Iterator[None]:
        """Errors become the sentences that the page shows, in both languages."""
        try:
            yield
        except InzwaError as error:
            key = f"error.{error.code}"
            limits = {"chars": self._settings.max_text_chars, "seconds": self._settings.max_audio_seconds}
            sentence = say(key if key in page_strings() else "error.unknown", **limits)
            raise gr.Error(sentence, print_exception=False) from error


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
