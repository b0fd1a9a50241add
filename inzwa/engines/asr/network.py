"""Whisper's network in CTranslate2, over a window as short as the speech instead of 30 s. Blocking.

Whisper was trained on windows of 30 s. Encoding only the speech saves most of the time, but without the silent end of
the window the decoder does not see that nothing follows, and repeats the sentence again and again. So the speech is
encoded with a second of silence, and behind it come states of silence that were encoded once, at start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import ctranslate2
import numpy as np
import numpy.typing as npt

from inzwa.audio.mel import HOP_SAMPLES, LogMel
from inzwa.audio.pcm import INPUT_RATE, Sound, silence
from inzwa.engines.asr.audio_checks import WINDOW_MS
from inzwa.errors import EngineError

DECODES: Final = 2
"""Transcripts decoded at once, on the same weights: one final and one partial."""

PAD_MS: Final = 1_000
"""Silence encoded behind the speech. At 600 ms the decoder began to repeat itself."""

END_STATES: Final = 100
"""States of silence, 20 ms each, from the window's very end."""

WINDOW_STATES: Final = WINDOW_MS // 20
"""States of a whole window."""

_WINDOW_FRAMES: Final = WINDOW_MS * INPUT_RATE // 1000 // HOP_SAMPLES

T = TypeVar("T")

States = npt.NDArray[np.float32]
"""The encoder's output, shape (mel frames / 2, width), dtype float32; one state covers 20 ms."""


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


class Network:
    """The model, and the states of 30 s of silence."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        try:
            self._model = ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=DECODES
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError("asr", f"{folder.name} is no Whisper that CTranslate2 can load.") from error
        self.multilingual: bool = self._model.is_multilingual
        self._mel = LogMel(self._model.n_mels)
        self._silence = self.encode(silence(WINDOW_MS - PAD_MS, INPUT_RATE))

    @property
    def tail(self) -> States:
        """States of silence from the window's very end, shape (END_STATES, width)."""
        return self._silence[-END_STATES:]

    def encode(self, sound: Sound) -> States:
        """The states of the sound and the silence behind it, as far as the window reaches. Shape (samples,), 16 kHz."""
        padded = np.concatenate((sound, silence(PAD_MS, INPUT_RATE)))
        features = np.ascontiguousarray(self._mel.of(padded)[None, :, :_WINDOW_FRAMES])
        view = ctranslate2.StorageView.from_array(features)
        return _run(lambda: np.array(self._model.encode(view))[0])

    def decode(self, states: States, prompt: Sequence[int], search: Search, max_tokens: int) -> Decoded:
        """The likeliest tokens behind the prompt, at most so many."""
        window = np.ascontiguousarray(self._windowed(states, search)[None])
        options = {"beam_size": search.beam, "max_length": _max_length(len(prompt), max_tokens)}
        result = _run(lambda: self._generate(window, prompt, options))
        count = len(result.sequences_ids[0])
        confidence = result.scores[0] * count / (count + 1)
        return Decoded(tuple(result.sequences_ids[0]), confidence, result.no_speech_prob)

    def _windowed(self, states: States, search: Search) -> States:
        begin = max(len(states), WINDOW_STATES - search.end_states)
        return np.concatenate((states, self._silence[begin:]))

    def _generate(
        self, window: States, prompt: Sequence[int], options: dict[str, Any]
    ) -> ctranslate2.models.WhisperGenerationResult:
        features = ctranslate2.StorageView.from_array(window)
        (result,) = self._model.generate(
            features, [list(prompt)], return_scores=True, return_no_speech_prob=True, **options
        )
        return result


def _run(call: Callable[[], T]) -> T:
    try:
        return call()
    except (RuntimeError, ValueError) as error:  # all that CTranslate2 raises
        raise EngineError("asr", "The recogniser failed on this sound.") from error


def _max_length(prompt_tokens: int, max_tokens: int) -> int:
    """CTranslate2 makes half of this many tokens, or this many less the prompt's but one, whichever is less."""
    return max(2 * max_tokens, prompt_tokens - 1 + max_tokens)
