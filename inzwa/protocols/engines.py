"""The contracts between the conversation and its engines. Engines inherit nothing: what has these methods is one.

All methods with `async` may be cancelled at any await and then leave the engine fit for the next call. An engine
fails with EngineError (or lets its own exception out: the pipeline wraps it), which ends one turn, not the session.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal, Protocol, runtime_checkable

from inzwa.audio.pcm import Sound
from inzwa.protocols.stages import Exchange, Stage, fixed


class Priority(IntEnum):
    """Who goes first when several wait for one engine: lower is sooner."""

    URGENT = 0
    """A final transcript, the first phrase of a reply: somebody waits for it in silence."""
    NORMAL = 1
    LOW = 2
    """A partial transcript."""


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One file that an engine runs on."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    """Lower-case hexadecimal."""


@dataclass(frozen=True, slots=True)
class AdapterInfo:
    """A low-rank adapter (LoRA) that was added to a model."""

    name: str
    scale: float
    """1 as it was trained."""
    language: str = ""
    licence: str = ""
    source: str = ""
    files: tuple[FileInfo, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInfo:
    """What an engine says of itself, shown by /readyz, the page and `python -m inzwa check`."""

    engine: str
    """The program: faster-whisper, llama-cpp, vits, silero; or scripted."""
    version: str
    """The program's version."""
    model: str
    """The model's name in the catalogue."""
    language: str = ""
    """What the model was made for, as a person would say it."""
    licence: str = ""
    consequence: str = ""
    """What the licence means to a user, in one line."""
    source: str = ""
    """Where the files came from, with the version there: a wheel, the Hub at a commit, a folder."""
    files: tuple[FileInfo, ...] = ()
    load_ms: int = 0
    """Milliseconds to open the model."""
    warm_ms: int = 0
    """Milliseconds of the dummy run."""
    adapter: AdapterInfo | None = None
    """What was added to the model, if anything."""

    @property
    def title(self) -> str:
        """The model for people, with what was added to it."""
        return f"{self.model} with {self.adapter.name} (scale {self.adapter.scale:g})" if self.adapter else self.model


class VoiceStream(Protocol):
    """One session's detector state. Not shared, not threadsafe."""

    def probability(self, frame: Sound) -> float:
        """How likely this frame is speech, 0..1. Shape (frame_samples,), 16 kHz. Takes a fraction of a ms."""
        ...


class VoiceDetector(Protocol):
    """Tells speech from the rest, frame by frame."""

    info: EngineInfo
    frame_samples: int
    """Samples a frame at 16 kHz."""

    def open_stream(self) -> VoiceStream:
        """Fresh state for one session."""
        ...


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in one piece of sound."""

    text: str
    """Stripped; empty when the sound held no words."""
    no_speech: float = 0.0
    """How likely it was not speech at all, 0..1."""
    confidence: float = 0.0
    """Mean log-probability a token; 0 is certain, below -1 is doubtful."""
    tokens: tuple[int, ...] = ()
    """The text in the engine's tokens, for `HearOptions.draft_tokens`; empty for an engine that uses no draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearOptions:
    language: str = "sn"
    """As Whisper names it."""
    hotwords: tuple[str, ...] = ()
    """Words to favour, the most valuable first."""
    final: bool = True
    """A final transcript is worth a second try with more care; a partial is not."""
    draft_tokens: tuple[int, ...] = ()
    """Tokens of this utterance's last transcript, for speculative decoding. They may save time, and change no more
    than rounding does: which of two words that are about as likely is taken."""


class Transcriber(Protocol):
    """Speech to text."""

    info: EngineInfo

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        """Shape (samples,), 16 kHz, at most 30 s. Silence gives an empty text, not an error."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    max_new_tokens: int = 96
    """The reply's length at most, in tokens."""
    temperature: float = 0.4
    """0 takes the likeliest token each time."""
    top_p: float = 0.9
    repeat_penalty: float = 1.1
    stop: tuple[str, ...] = ()
    """Strings that end the reply; they are not part of it."""
    seed: int | None = None
    """For replies that can be repeated."""
    session: str = ""
    """Whose conversation this continues: an engine may keep its memory warm between turns."""


class ChatModel(Protocol):
    """Messages to text, token by token."""

    info: EngineInfo
    context_tokens: int
    """What the model can hold: prompt and reply together."""

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """The prompt's length in tokens, template included."""
        ...

    def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """Pieces of text as they are made; never half a character. Close it (aclosing) to stop at once."""
        ...

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        """Read the prompt ahead, so that a `reply` to the same messages starts sooner. Cancelling it costs nothing."""
        ...

    async def forget(self, session: str) -> None:
        """The session is over: drop what was kept warm for it. Unknown names are no error."""
        ...


@dataclass(frozen=True, slots=True)
class SpokenChunk:
    """A piece of a phrase's sound."""

    sound: Sound
    """Shape (samples,), float32."""
    sample_rate: int
    """Samples a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOptions:
    voice: str = ""
    """A name from `voices`; empty for the default."""
    speed: float = 1.0
    """1 is the voice's own pace, 2 twice as fast; 0.5 to 2."""
    priority: Priority = Priority.NORMAL


class Synthesizer(Protocol):
    """Text to sound, chunk by chunk."""

    info: EngineInfo
    sample_rate: int
    """Samples a second of the default voice."""
    voices: tuple[str, ...]
    """Names that VoiceOptions.voice takes, the default first."""

    def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        """The phrase's sound from its first chunk on; nothing for text without sound. Close it (aclosing) to stop."""
        ...


@runtime_checkable
class Exchangeable(Protocol):
    """An engine that may become another while it is used."""

    def held(self) -> AbstractContextManager[Any]:
        """What it is at this moment, for as long as the block lasts."""
        ...


@dataclass(frozen=True, slots=True)
class Engines:
    """The four that one house shares, and the way to exchange one."""

    vad: VoiceDetector
    asr: Transcriber
    llm: ChatModel
    tts: Synthesizer
    exchange: Exchange = fixed

    def infos(self) -> dict[Stage, EngineInfo]:
        """Stage name to what serves it."""
        return {"vad": self.vad.info, "asr": self.asr.info, "llm": self.llm.info, "tts": self.tts.info}

    @contextmanager
    def held(self) -> Iterator["Engines"]:
        """These four as they are at this moment, for one turn: one that is exchanged serves it to its end."""
        with ExitStack() as stack:

            def hold(engine: Any) -> Any:
                return stack.enter_context(engine.held()) if isinstance(engine, Exchangeable) else engine

            yield Engines(hold(self.vad), hold(self.asr), hold(self.llm), hold(self.tts), self.exchange)
