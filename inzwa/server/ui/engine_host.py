"""What the page asks for, answered by the real engines."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

import numpy as np
from starlette.requests import HTTPConnection

from inzwa.audio.pcm import INPUT_RATE, Sound
from inzwa.conversation.pipeline import Pipeline
from inzwa.conversation.reply import answer, read_aloud
from inzwa.errors import AudioTooLong, NoSpeech
from inzwa.protocols import Engines, HearOptions, Message, VoiceOptions
from inzwa.server.app_state import AppState
from inzwa.server.readiness import readiness
from inzwa.server.redaction import without_folders
from inzwa.server.request_options import chat_options, check_text, hotwords, system_prompt, voice_options
from inzwa.server.security import address, check_access
from inzwa.server.ui.host import Readiness, Spoken
from inzwa.settings import Settings


class EnginePageHost:
    """A PageHost on the engines of one application."""

    def __init__(self, app_state: AppState) -> None:
        self._app_state = app_state

    @property
    def settings(self) -> Settings:
        return self._app_state.settings

    async def admit(self, caller: HTTPConnection, call: str) -> None:
        """Rate limit and access token, as for /v1."""
        await self._app_state.rate.count(call, address(caller))
        check_access(self.settings, caller)

    async def say(self, text: str, voice: str, speed: float) -> Spoken:
        """The text aloud, whole: Gradio plays files."""
        engines = self._app_state.engines
        check_text(text, self.settings.max_text_chars)
        return await self._speak(engines, text, voice_options(voice, speed, engines.tts))

    async def chat(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """The reply in pieces, after Inzwa's own system line unless there is one."""
        engines = self._app_state.engines
        check_text(messages[-1].content, self.settings.max_text_chars)
        if messages[0].role != "system":
            system = system_prompt(self.settings, self.settings.language, engines.llm.info)
            messages = [Message("system", system), *messages] if system else list(messages)
        options, timeout_s = chat_options(self.settings), self.settings.engine_timeout_s
        pieces = answer(engines.llm, messages, options, language=self.settings.language, timeout_s=timeout_s)
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece

    async def talk(self, sound: Sound) -> tuple[str, str, Spoken]:
        """Transcribe, answer and speak one recording of 16 kHz float32."""
        engines, limit_s = self._app_state.engines, self.settings.max_audio_seconds
        if sound.size > limit_s * INPUT_RATE:
            raise AudioTooLong(f"The recording is longer than {limit_s} s.")
        pipeline = Pipeline(engines=engines, clock=time.monotonic, timeout_s=self.settings.engine_timeout_s)
        language = self.settings.language
        options = HearOptions(language=language, hotwords=hotwords(self.settings, language, engines.asr.info))
        heard = await pipeline.transcribe(sound, options)
        if not heard.text:
            raise NoSpeech("No words were heard in the recording.")
        reply = "".join([piece async for piece in self.chat([Message("user", heard.text)])]).strip()
        return heard.text, reply, await self._speak(engines, reply, VoiceOptions(speed=self.settings.speed))

    def readiness(self) -> Readiness:
        """What the page shows of the models."""
        return cast("Readiness", without_folders(readiness(self._app_state)))

    async def _speak(self, engines: Engines, text: str, options: VoiceOptions) -> Spoken:
        with engines.pinned() as pinned:
            rate, parts = pinned.tts.sample_rate, [np.empty(0, dtype=np.float32)]
            speech = read_aloud(pinned.tts, text, options, timeout_s=self.settings.engine_timeout_s)
            async with aclosing(speech) as chunks:
                async for chunk in chunks:
                    rate = chunk.sample_rate
                    parts.append(chunk.sound)
        return rate, np.concatenate(parts)
