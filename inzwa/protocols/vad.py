"""Voice activity detection: how likely a frame is speech."""

from typing import Protocol

from inzwa.audio.pcm import Sound
from inzwa.protocols.info import EngineInfo


class VoiceStream(Protocol):
    """One session's detector state. Not shared, not threadsafe."""

    def probability(self, frame: Sound) -> float:
        """How likely this frame is speech, 0..1. Shape (frame_samples,), 16 kHz. Takes a fraction of a ms."""
        ...


class VoiceDetector(Protocol):
    """Tells speech from the rest, frame by frame."""

    @property
    def info(self) -> EngineInfo: ...

    @property
    def frame_samples(self) -> int:
        """Samples a frame at 16 kHz."""
        ...

    def open_stream(self) -> VoiceStream:
        """Fresh state for one session."""
        ...
