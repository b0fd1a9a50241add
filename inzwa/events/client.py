"""What clients send."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from inzwa.audio.formats import InputCodec, OutputCodec
from inzwa.audio.pcm import Sound

TurnMode = Literal["hands_free", "push_to_talk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Opens the session. The first message of every connection."""

    type: ClassVar = "start"
    session_id: str = ""
    """A name of the client's own for this conversation, at most 64 characters; the server makes one when empty."""
    auth: str = ""
    """The access token, where the server asks for one."""
    codec: InputCodec = "pcm16"
    """What the client's binary frames hold: `pcm16` (little-endian, mono) or `opus` (raw packets, 48 kHz)."""
    sample_rate: int = 16_000
    """Samples a second of the client's audio: 16000 for `pcm16`, 48000 for `opus`."""
    audio_out: OutputCodec | None = None
    """What the server shall send: `opus` (raw 20 ms packets, 48 kHz) or `pcm16` (16 kHz); else its own setting."""
    language: str = ""
    """What the user speaks, as Whisper names it: `sn` is Shona, `en` English; the server's setting when empty."""
    mode: TurnMode = "hands_free"
    """Who ends an utterance: silence (`hands_free`) or only `end_turn` (`push_to_talk`)."""
    silence_ms: int | None = None
    """Milliseconds of silence that end an utterance, 100 to 5000; the server's setting when absent."""
    voice: str = ""
    """Who answers: one of the `voices` that /readyz lists; the first of them when empty."""
    speed: float | None = None
    """How fast the voice speaks, 0.5 to 2; 1 is its own pace. The server's setting when absent."""
    hotwords: list[str] = field(default_factory=list)
    """Words that will be said and are hard to hear, such as names: at most 64, the most valuable first."""


@dataclass(frozen=True, slots=True)
class EndTurn:
    """The user has finished: answer now, without waiting for silence."""

    type: ClassVar = "end_turn"


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the reply that is being made or spoken, and forget speech not yet answered."""

    type: ClassVar = "cancel"


@dataclass(frozen=True, slots=True)
class TypedText:
    """A turn typed instead of spoken."""

    type: ClassVar = "text"
    text: str
    """What the user typed, at most `max_text_chars` characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What the user thinks of a turn. Sent again it replaces the one before; with nothing said it takes that back."""

    type: ClassVar = "rate"
    turn: int
    """The turn's number."""
    conversation: str = ""
    """The `conversation` of an earlier `ready`, for a turn of that connection; this one's when empty."""
    contributor: str
    """The withdrawal code that the user got with their consent."""
    key: str
    """A name of the client's own for this message, at most 64 characters: sent again with the same key, it counts
    once."""
    verdict: Literal["up", "down", ""] = ""
    """Thumbs up, thumbs down, or neither."""
    reasons: list[str] = field(default_factory=list)
    """Any of `misheard`, `wrong_answer`, `bad_shona`, `unnatural_voice`, `too_slow`, `interrupted_me`, `unsafe`,
    `other`."""
    transcript: str = ""
    """What was really said, where it was heard wrong."""
    better_reply: str = ""
    """How the reply should have been."""
    comment: str = ""
    """Anything else."""


@dataclass(frozen=True, slots=True, eq=False)
class MicrophoneFrame:
    """Sound from the user; on the wire a binary frame."""

    sound: Sound
    """Shape (samples,), float32, 16 kHz."""


ClientEvent = Start | EndTurn | Cancel | TypedText | Rate | MicrophoneFrame
