"""Whisper in CTranslate2: for weights that were stored in INT8, or are laid out as no other code here reads."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import ctranslate2
import numpy as np

from inzwa.audio.mel import LogMel
from inzwa.audio.pcm import Sound
from inzwa.engines.asr.network import Decoded, Encoded, Search, States, ending, padded_mel, silent_sound
from inzwa.errors import EngineError

DECODES: Final = 2
"""Transcripts decoded at once, on the same weights: one final and one partial."""

T = TypeVar("T")


class Ct2Network:
    """The model, and the states of 30 s of silence. Decodes token by token: a draft is not used."""

    version = f"ctranslate2 {ctranslate2.__version__}"

    def __init__(self, folder: Path, *, threads: int) -> None:
        try:
            self._model = ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=DECODES
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError("asr", f"{folder.name} is no Whisper that CTranslate2 can load.") from error
        self.multilingual: bool = self._model.is_multilingual
        self._mel = LogMel(self._model.n_mels)
        self._silence = self.encode(silent_sound()).states

    def encode(self, sound: Sound) -> Encoded:
        view = ctranslate2.StorageView.from_array(padded_mel(self._mel, sound)[None])
        return Encoded(_run(lambda: np.array(self._model.encode(view))[0]))

    def decode(
        self, encoded: Encoded, prompt: Sequence[int], search: Search, max_tokens: int, draft: Sequence[int] = ()
    ) -> Decoded:
        states = encoded.states
        window = np.concatenate((states, ending(self._silence, len(states), search.end_states)))
        options = {"beam_size": search.beam, "max_length": _max_length(len(prompt), max_tokens)}
        result = _run(lambda: self._generate(np.ascontiguousarray(window[None]), prompt, options))
        count = len(result.sequences_ids[0])
        confidence = result.scores[0] * count / (count + 1)
        return Decoded(tuple(result.sequences_ids[0]), confidence, result.no_speech_prob)

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
