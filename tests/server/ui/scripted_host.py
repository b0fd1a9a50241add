"""A PageHost that answers what a test wrote down."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import numpy as np
from starlette.requests import HTTPConnection

from inzwa.audio.pcm import Sound
from inzwa.errors import InzwaError
from inzwa.protocols import Message
from inzwa.server.ui.host import Readiness, Spoken

RATE = 22_050


@dataclass(frozen=True, slots=True)
class Limits:
    max_text_chars: int = 40
    max_audio_seconds: float = 2.0
    silence_ms: int = 700
    speed: float = 1.0


@dataclass(slots=True)
class ScriptedHost:
    """Says one second of a tone, replies in two pieces, hears how long a recording is. Fails with `error` if given."""

    settings: Limits = field(default_factory=Limits)
    error: InzwaError | None = None
    ready: bool = True
    said: list[tuple[str, str, float]] = field(default_factory=list)
    asked: list[Sequence[Message]] = field(default_factory=list)
    admitted: list[tuple[str, str]] = field(default_factory=list)
    """Authorization header and call of everyone who asked to be admitted."""

    async def admit(self, caller: HTTPConnection, call: str) -> None:
        self.admitted.append((caller.headers.get("authorization", ""), call))

    async def say(self, text: str, voice: str, speed: float) -> Spoken:
        self._fail()
        self.said.append((text, voice, speed))
        return RATE, _tone()

    async def chat(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        self._fail()
        self.asked.append(messages)
        for piece in ("Ndiripo, ", "makadiiwo?"):
            yield piece

    async def talk(self, sound: Sound) -> tuple[str, str, Spoken]:
        self._fail()
        return f"{sound.size} samples", "Ndiripo.", (RATE, _tone())

    def readiness(self) -> Readiness:
        if not self.ready:
            return {"ready": False, "stages": {}}
        stage = {"model": "scripted", "licence": "Apache-2.0"}
        return {"ready": True, "stages": {"asr": stage, "tts": stage}, "voices": ["scripted-voice"]}

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


def _tone() -> Sound:
    return (0.3 * np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE)).astype(np.float32)
