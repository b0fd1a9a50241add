"""What the server sends."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal, Self

from inzwa.audio.formats import InputCodec, OutputCodec
from inzwa.audio.pcm import Sound
from inzwa.errors import InzwaError

CancelReason = Literal["interrupted", "cancelled", "no_speech", "failed"]


@dataclass(frozen=True, slots=True)
class Ready:
    """The session is open; audio may be sent."""

    type: ClassVar = "ready"
    session_id: str
    """The conversation's name."""
    codec: InputCodec
    """What the server reads in binary frames."""
    audio_out: OutputCodec
    """What the server's binary frames hold."""
    sample_rate: int
    """Samples a second of the server's audio: 48000 for `opus`, 16000 for `pcm16`."""
    frame_ms: int
    """Milliseconds of sound in each of the server's binary frames (the last of a turn may be shorter in `pcm16`)."""
    models: dict[str, str]
    """Which model serves each stage: vad, asr, llm, tts."""
    conversation: str = ""
    """A random name of this connection's conversation, with which its turns can be rated from a later connection."""
    feedback: Literal["off", "ratings", "full"] = "off"
    """What the server keeps of those who consent: nothing, ratings and texts, or recordings as well."""


@dataclass(frozen=True, slots=True)
class SpeechStart:
    """The user began to speak."""

    type: ClassVar = "speech.start"
    at_ms: int
    """Where the speech begins, in milliseconds of the user's audio."""


@dataclass(frozen=True, slots=True)
class SpeechStop:
    """The user finished speaking: enough silence, or `end_turn`."""

    type: ClassVar = "speech.stop"
    at_ms: int
    """Where the speech ends, in milliseconds of the user's audio."""


@dataclass(frozen=True, slots=True)
class TurnEvent:
    """Belongs to one turn."""

    turn: int
    """Counts the conversation's turns from 1."""


@dataclass(frozen=True, slots=True)
class AsrPartial(TurnEvent):
    """The transcript so far, while the user still speaks."""

    type: ClassVar = "asr.partial"
    text: str
    """The whole hypothesis: the stable words, then a tail that may still change."""
    stable: str
    """The beginning of `text` that later partials keep."""
    start_ms: int
    """Where the words begin, in milliseconds of the user's audio."""
    end_ms: int
    """How far the user's audio had been heard, in milliseconds."""


@dataclass(frozen=True, slots=True)
class AsrFinal(TurnEvent):
    """What the user said. Empty when nothing was understood."""

    type: ClassVar = "asr.final"
    text: str
    """The transcript, or the typed text."""
    start_ms: int
    """Where the words begin, in milliseconds of the user's audio."""
    end_ms: int
    """Where they end."""


@dataclass(frozen=True, slots=True)
class LlmPartial(TurnEvent):
    """The next piece of the reply's text."""

    type: ClassVar = "llm.partial"
    token: str
    """Text to append to the reply; spaces count."""


@dataclass(frozen=True, slots=True)
class LlmFinal(TurnEvent):
    """The whole text of the reply."""

    type: ClassVar = "llm.final"
    text: str
    """The reply."""


@dataclass(frozen=True, slots=True)
class TtsStart(TurnEvent):
    """The voice begins a phrase; the binary frames that follow are its sound."""

    type: ClassVar = "tts.start"
    phrase: int
    """Counts the reply's phrases from 0."""
    text: str
    """The phrase, as written, each run of white space one space."""
    written_start: int
    """Where the phrase begins in the reply's text, `llm.final` or the tokens so far: Unicode characters before it."""
    written_end: int
    """Where it ends there: characters up to and with its last."""


@dataclass(frozen=True, slots=True, eq=False)
class TtsAudio(TurnEvent):
    """A piece of the reply's sound; on the wire one or more binary frames."""

    sound: Sound
    """Shape (samples,), float32, at `sample_rate`."""
    sample_rate: int
    """Samples a second, the voice's own."""


@dataclass(frozen=True, slots=True)
class TtsHold(TurnEvent):
    """The user may be interrupting: stop playing at once, but keep what has not been played."""

    type: ClassVar = "tts.hold"


@dataclass(frozen=True, slots=True)
class TtsResume(TurnEvent):
    """It was no interruption, only assent, an echo or noise: play on from where it stopped."""

    type: ClassVar = "tts.resume"


@dataclass(frozen=True, slots=True)
class TtsEnd(TurnEvent):
    """The reply's last sound has been sent."""

    type: ClassVar = "tts.end"


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one turn took. Every figure is null where the turn had no such step."""

    asr_ms: int | None = None
    """From the decision that the user had finished to `asr.final`; near 0 where it was made in the pause."""
    llm_first_token_ms: int | None = None
    """From `asr.final` to the first token."""
    tts_first_audio_ms: int | None = None
    """From the first phrase's being ready to its first sound."""
    first_audio_ms: int | None = None
    """From the end of the user's speech (or `end_turn`, or the typed text) to the first sound."""
    total_ms: int | None = None
    """From the end of the user's speech to the last sound handed over."""


@dataclass(frozen=True, slots=True)
class TurnEnd(TurnEvent):
    """The turn went to its end."""

    type: ClassVar = "turn.end"
    latency: Latency = field(default_factory=Latency)
    """Its figures, in milliseconds."""


@dataclass(frozen=True, slots=True)
class TurnCancelled(TurnEvent):
    """The turn stopped early: drop its sound."""

    type: ClassVar = "turn.cancelled"
    reason: CancelReason
    """`interrupted` by speech, `cancelled` by the client, `no_speech` understood, `failed` (after an `error`)."""


@dataclass(frozen=True, slots=True)
class Rated:
    """The rating is on disk."""

    type: ClassVar = "rated"
    turn: int
    """The turn's number, as in `rate`."""
    key: str
    """The message's key."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong. The session goes on unless the socket closes after it."""

    type: ClassVar = "error"
    code: str
    """A word for programs; inzwa/errors lists them."""
    message: str
    """A sentence for people."""
    retryable: bool
    """Whether the same request may succeed later."""
    key: str = ""
    """The `key` of the `rate` that it answers; else empty."""
    retry_after_s: float | None = None
    """Seconds after which the same request may succeed, where that is known."""

    @classmethod
    def of(cls, error: InzwaError, key: str = "") -> Self:
        """What is sent about an error."""
        return cls(error.code, error.message, error.retryable, key, error.retry_after_s)


@dataclass(frozen=True, slots=True)
class GoingAway:
    """The server is about to stop; open turns may finish."""

    type: ClassVar = "going_away"
    seconds: float
    """Seconds until the socket closes."""


ServerMessage = (
    Ready | SpeechStart | SpeechStop | AsrPartial | AsrFinal | LlmPartial | LlmFinal | TtsStart
    | TtsHold | TtsResume | TtsEnd | TurnEnd | TurnCancelled | Rated | Problem | GoingAway
)  # fmt: skip
"""On the wire a text frame."""

ServerEvent = ServerMessage | TtsAudio
