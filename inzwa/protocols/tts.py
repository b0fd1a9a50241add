"""Speech synthesis: text to sound."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from inzwa.audio.pcm import Sound
from inzwa.protocols.info import EngineInfo


class Priority(IntEnum):
    """Who goes first when several wait for one engine: lower is sooner."""

    URGENT = 0
    """A final transcript, the first phrase of a reply: somebody waits for it in silence."""
    NORMAL = 1
    LOW = 2
    """A partial transcript."""


@dataclass(frozen=True, slots=True)
class SpokenChunk:
    """A piece of a phrase's sound."""

    sound: Sound
    """Shape (samples,), float32."""
    sample_rate: int
    """Samples a second."""


MIN_SPEED, MAX_SPEED = 0.5, 2.0
"""Speeds of a voice; 1 is its own pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOptions:
    voice: str = ""
    """A name from `voices`; empty for the default."""
    speed: float = 1.0
    """1 is the voice's own pace, 2 twice as fast; 0.5 to 2."""
    priority: Priority = Priority.NORMAL


class Synthesizer(Protocol):
    """Text to sound, chunk by chunk."""

    @property
    def info(self) -> EngineInfo: ...

    @property
    def sample_rate(self) -> int:
        """Samples a second of the default voice."""
        ...

    @property
    def voices(self) -> tuple[str, ...]:
        """Names that VoiceOptions.voice takes, the default first."""
        ...

    def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        """The phrase's sound from its first chunk on; nothing for text without sound. Close it (aclosing) to stop."""
        ...
