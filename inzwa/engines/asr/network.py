"""What a Whisper network does for the recogniser, over a window as short as the speech instead of 30 s.

Whisper was trained on windows of 30 s. Encoding only the speech saves most of the time, but without the silent end of
the window the decoder does not see that nothing follows, and repeats the sentence again and again. So the speech is
encoded with a second of silence, and behind it come states of silence that were encoded once, at start.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from inzwa.audio.mel import HOP_SAMPLES, LogMel, Spectrogram
from inzwa.audio.pcm import INPUT_RATE, Sound, silence
from inzwa.engines.asr.audio_checks import WINDOW_MS

PAD_MS: Final = 1_000
"""Silence encoded behind the speech. At 600 ms the decoder began to repeat itself."""

END_STATES: Final = 100
"""States of silence, 20 ms each, from the window's very end."""

WINDOW_STATES: Final = WINDOW_MS // 20
"""States of a whole window."""

_WINDOW_FRAMES: Final = WINDOW_MS * INPUT_RATE // 1000 // HOP_SAMPLES

States = npt.NDArray[np.float32]
"""The encoder's output, shape (mel frames / 2, width), dtype float32; one state covers 20 ms."""


KvCache = Mapping[str, npt.NDArray[np.float32]]
"""Keys and values by name, each (hypotheses, heads, positions, head)."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A sound, ready to be decoded as often as it takes by the network that encoded it."""

    states: States
    cross: KvCache | None = None
    """What the decoder attends to, for a network that makes it beforehand."""


@dataclass(frozen=True, slots=True)
class Search:
    """How to decode."""

    end_states: int = END_STATES
    """States of silence behind the speech, as far as the window reaches; WINDOW_STATES fills it, as in training."""
    beam: int = 1
    """Hypotheses kept side by side; 1 is greedy."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The tokens of a transcript, and how sure the network is of them."""

    ids: tuple[int, ...]
    confidence: float
    """Mean log-probability a token, the end's included."""
    no_speech: float
    """How likely it was not speech, 0..1."""
    accepted: int = 0
    """Draft tokens that were right."""
    log_probs: tuple[float, ...] = ()
    """Of each token, and of the end behind it; empty where the decoder does not tell."""


class Network(Protocol):
    """Encoder and decoder. Blocking; a final and a partial transcript may be made at once, in a thread each."""

    @property
    def version(self) -> str:
        """The library that it runs on, and its version."""
        ...

    def encode(self, sound: Sound) -> Encoded:
        """The sound and the silence behind it, as far as the window reaches. Shape (samples,), 16 kHz."""
        ...

    def decode(
        self, encoded: Encoded, prompt: Sequence[int], search: Search, max_tokens: int, draft: Sequence[int] = ()
    ) -> Decoded:
        """The likeliest tokens behind the prompt, at most so many. A draft may save time, and changes nothing else."""
        ...


def padded_mel(mel: LogMel, sound: Sound) -> Spectrogram:
    """Of the sound and PAD_MS of silence, as far as the window reaches. Shape (bands, frames)."""
    return np.ascontiguousarray(mel.of(np.concatenate((sound, silence(PAD_MS, INPUT_RATE))))[:, :_WINDOW_FRAMES])


def silent_sound() -> Sound:
    """What encodes to a whole window of silence."""
    return silence(WINDOW_MS - PAD_MS, INPUT_RATE)


def ending(quiet: States, count: int, end_states: int) -> States:
    """What stands behind `count` states: the last of a silent window, at most so many as fit."""
    return quiet[max(count, WINDOW_STATES - end_states) :]
