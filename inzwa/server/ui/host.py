"""What the page needs of a server: PageHost, given to the page by whoever mounts it."""

from collections.abc import AsyncGenerator, Sequence
from typing import NotRequired, Protocol, TypedDict

from starlette.requests import HTTPConnection

from inzwa.audio.pcm import Sound
from inzwa.protocols import Message

Spoken = tuple[int, Sound]
"""Samples a second, and sound of shape (samples,): mono, float32 in [-1, 1]."""


class Tried(TypedDict):
    """A model that was preferred and could not be fetched or opened."""

    model: str
    reason: str


class StageState(TypedDict):
    """What the page shows of one model: what it is, or how far its warm-up is."""

    model: str
    title: NotRequired[str]
    """The model with its adapter, if any."""
    licence: NotRequired[str]
    consequence: NotRequired[str]
    """What the licence means to a user, in one line."""
    language: NotRequired[str]
    state: NotRequired[str]
    """waiting, fetching, loading, ready or failed."""
    step: NotRequired[str]
    """Of fetching: downloading, checking, joining, converting, waiting."""
    done_bytes: NotRequired[int]
    total_bytes: NotRequired[int]
    tried: NotRequired[list[Tried]]


class Readiness(TypedDict):
    """Whether every engine is warm, and what serves each stage."""

    ready: bool
    stages: dict[str, StageState]
    """Stage name (vad, asr, llm, tts) to its model; empty until one is known."""
    voices: NotRequired[Sequence[str]]
    """Names that `say` takes, the default first."""


class PageSettings(Protocol):
    """The limits that the page shows and checks. `inzwa.settings.Settings` has them."""

    @property
    def max_text_chars(self) -> int:
        """Characters of one message."""
        ...

    @property
    def silence_ms(self) -> int:
        """Milliseconds of silence that end an utterance."""
        ...

    @property
    def speed(self) -> float:
        """Speed of the voice in live talk; 1 is its own."""
        ...

    @property
    def max_audio_seconds(self) -> float:
        """Seconds of one recording."""
        ...


class PageHost(Protocol):
    """The real engines behind three calls, or a scripted stand-in. Errors are InzwaError."""

    @property
    def settings(self) -> PageSettings: ...

    async def admit(self, caller: HTTPConnection, call: str) -> None:
        """Count the call and check the caller; RateLimited or Unauthorized when it is refused."""
        ...

    async def say(self, text: str, voice: str, speed: float) -> Spoken:
        """The text aloud; an empty voice is the default, speed 1 its own."""
        ...

    def chat(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """The reply in pieces; the last message is the user's."""
        ...

    async def talk(self, sound: Sound) -> tuple[str, str, Spoken]:
        """What was heard in 16 kHz float32 sound, the reply, and the reply aloud."""
        ...

    def readiness(self) -> Readiness: ...
