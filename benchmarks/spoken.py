"""Speech to measure recognisers with: the embedded voice saying English by its IPA and Shona by its spelling."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound, resample
from inzwa.engines.tts.chunked_voice import ChunkedVoice
from inzwa.engines.tts.text.frontend import SynthesisConfig
from inzwa.engines.tts.text.piper import read_piper_config
from inzwa.engines.tts.text.symbols import accent_for
from inzwa.models.local_model import LocalModel
from inzwa.shona.phonology.ipa import ipa

SENTENCES: Final = Path(__file__).with_name("spoken.tsv")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something to say."""

    language: str
    """en or sn."""
    text: str
    symbols: str
    """English in IPA, as the voice was trained on it; empty for Shona, which is spelt as it sounds."""


def read_sentences(path: Path = SENTENCES) -> list[Sentence]:
    """The sentences of a file with three columns: language, text, IPA."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [Sentence(*row) for row in rows]


class SentenceVoice:
    """A voice that says a sentence the same way each time."""

    def __init__(self, model: LocalModel) -> None:
        self._config = read_piper_config(model.path(".onnx.json"))
        self._accent = accent_for(self._config.language)
        self._voice = ChunkedVoice(model.path(".onnx"), threads=2)

    def say(self, sentence: Sentence, *, speed: float = 1.0, seed: int = 1) -> Sound:
        """Shape (samples,), float32, 16 kHz."""
        symbols = sentence.symbols or self._accent.symbols(ipa(sentence.text))
        synthesis = SynthesisConfig(self._config.noise_scale, self._config.length_scale / speed, self._config.noise_w)
        sound = self._voice.say_whole(self._config.encode(symbols), synthesis, np.random.default_rng(seed))
        return resample(sound.ravel(), self._config.sample_rate, INPUT_RATE)


def noisy(sound: Sound, snr_db: float, seed: int = 1) -> Sound:
    """The sound under white noise that lies `snr_db` below it."""
    noise = np.random.default_rng(seed).standard_normal(sound.size).astype(np.float32)
    return sound + noise * np.float32(np.sqrt(np.mean(np.square(sound))) * 10 ** (-snr_db / 20))


def joined(sounds: Sequence[Sound], pause_ms: int = 300) -> Sound:
    """Several sounds with pauses between."""
    pause = np.zeros(INPUT_RATE * pause_ms // 1000, dtype=np.float32)
    return np.concatenate([part for sound in sounds for part in (sound, pause)])
