"""What the parts of a conversation share: its clock, its way out, and one turn with its timings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from inzwa.events import Latency, ServerEvent

Emit = Callable[[ServerEvent], Awaitable[None]]
"""Sends one event to the client; waits while the outbox is full."""


class Clock(Protocol):
    """Monotonic time in seconds."""

    def __call__(self) -> float: ...


@dataclass(slots=True)
class Timings:
    """When things happened in one turn, in seconds of the session's clock."""

    speech_end: float
    """The user's last sound, or `end_turn`, or the typed text."""
    decided: float
    """When the turn began."""
    heard: float | None = None
    """When the final transcript was there."""
    first_token: float | None = None
    first_phrase: float | None = None
    first_audio: float | None = None
    last_audio: float | None = None

    def latency(self, *, spoken: bool) -> Latency:
        """The turn's figures; `spoken` is false for a typed turn, which has no transcription."""
        return Latency(
            asr_ms=_ms(self.decided, self.heard) if spoken else None,
            llm_first_token_ms=_ms(self.heard, self.first_token),
            tts_first_audio_ms=_ms(self.first_phrase, self.first_audio),
            first_audio_ms=_ms(self.speech_end, self.first_audio),
            total_ms=_ms(self.speech_end, self.last_audio or self.first_token or self.heard),
        )


@dataclass(slots=True)
class Turn:
    """One turn: its number (from 1), the language of its reply, and its timings, which fill as it goes."""

    number: int
    language: str
    timings: Timings


def _ms(start: float | None, end: float | None) -> int | None:
    return None if start is None or end is None else max(0, round((end - start) * 1000))
