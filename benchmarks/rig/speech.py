"""Speech to send: sentences said by Inzwa's own voice, kept as WAV files in benchmarks/results/speech.

The same text and seed give the same sound, so runs can be compared. Silence before and after the words is cut off:
when a sentence has been sent, the user has just finished speaking.
"""

import hashlib
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from inzwa.audio.pcm import INPUT_RATE, Sound, resample
from inzwa.engines.tts.vits import Vits, open_vits
from inzwa.models.store import Store, default_cache
from inzwa.protocols import VoiceOptions

VOICE: Final = "joe-medium"
SEED: Final = 11
FOLDER: Final = Path(__file__).parents[1] / "results" / "speech"
QUIET: Final = 0.02
"""Of the sentence's loudest sample: fainter sound at either end is cut off."""

SENTENCES: Final = (
    "Please tell me what the weather is like today.",
    "Ndiudzei nzira yekudzidza Chirungu nekukurumidza.",
    "What time does the bus to Bulawayo leave today.",
    "Can you help me to find a good book to read.",
    "Tell me about the history of Great Zimbabwe.",
    "Ndatenga matomatisi nehanyanisi kumusika nhasi.",
    "Where can I buy good bread in this town.",
    "How do I cook beans and rice for ten people.",
)
"""Shona and English, 2 to 4 seconds each, without a pause inside. Chosen so that Whisper base takes each for speech
with or without silence around it (no-speech probability below 0.4): then a lost answer is the server's fault."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and its sound."""

    text: str
    sound: Sound
    """Shape (samples,), float32, 16 kHz."""

    @property
    def seconds(self) -> float:
        return self.sound.size / INPUT_RATE


async def sentences(folder: Path = FOLDER) -> list[Sentence]:
    """All of SENTENCES, said now where the folder lacks one."""
    if missing := [text for text in SENTENCES if not _file(folder, text).exists()]:
        async with open_vits(Store(default_cache()).fetch(VOICE), seed=SEED) as voice:
            for text in missing:
                _keep(_file(folder, text), await _say(voice, text))
    return [Sentence(text, soundfile.read(_file(folder, text), dtype="float32")[0]) for text in SENTENCES]


def _file(folder: Path, text: str) -> Path:
    """Named by everything that its sound depends on."""
    digest = hashlib.sha256(f"{VOICE} {SEED} {QUIET} {text}".encode()).hexdigest()
    return folder / f"{digest[:16]}.wav"


def _keep(file: Path, sound: Sound) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, sound, INPUT_RATE, subtype="PCM_16")


async def _say(voice: Vits, text: str) -> Sound:
    async with aclosing(voice.speak(text, VoiceOptions())) as chunks:
        sounds = [chunk.sound async for chunk in chunks]
    return trimmed(resample(np.concatenate(sounds), voice.sample_rate, INPUT_RATE))


def trimmed(sound: Sound) -> Sound:
    """Without the near-silence at both ends."""
    loud = np.flatnonzero(np.abs(sound) >= QUIET * np.abs(sound).max(initial=0.0))
    return sound[loud[0] : loud[-1] + 1] if loud.size else sound
