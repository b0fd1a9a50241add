"""A recogniser against recordings with their texts. Knows the contract of a recogniser and no model."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from inzwa.audio.pcm import INPUT_RATE, Sound
from inzwa.evaluation.corpus import Recording
from inzwa.evaluation.rates import count
from inzwa.protocols import HearOptions, Transcriber

Clock = Callable[[], float]
"""Seconds, from any moment on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardRow:
    """One recording."""

    name: str
    said: str
    heard: str
    words: int
    word_edits: int
    undivided_edits: int
    letters: int
    letter_edits: int
    sound_s: float
    took_s: float
    confidence: float
    """Mean log-probability a token."""


async def hear(
    recording: Recording,
    asr: Transcriber,
    options: HearOptions,
    read: Callable[[Path], Sound],
    *,
    fold: bool = False,
    clock: Clock = time.perf_counter,
) -> HeardRow:
    """What the recogniser makes of one recording; `read` gives its sound at 16 kHz. BadAudio, AudioTooLong."""
    sound = read(recording.path)
    began = clock()
    transcript = await asr.transcribe(sound, options)
    took_s = clock() - began
    return HeardRow(
        name=recording.name,
        said=recording.said,
        heard=transcript.text,
        **asdict(count(recording.said, transcript.text, fold=fold)),
        sound_s=round(sound.size / INPUT_RATE, 3),
        took_s=round(took_s, 4),
        confidence=round(transcript.confidence, 3),
    )
