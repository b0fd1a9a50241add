"""Speech recognition: sound to text."""

from dataclasses import dataclass
from typing import Protocol

from inzwa.audio.pcm import Sound
from inzwa.protocols.info import EngineInfo


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
    hurried: bool = False
    """Somebody waits for this one already: the slow search among several hypotheses is left out."""
    draft_tokens: tuple[int, ...] = ()
    """Tokens of this utterance's last transcript, for speculative decoding. They may save time, and change no more
    than rounding does: which of two words that are about as likely is taken."""


class Transcriber(Protocol):
    """Speech to text."""

    @property
    def info(self) -> EngineInfo: ...

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        """Shape (samples,), 16 kHz, at most 30 s. Silence gives an empty text, not an error."""
        ...
