"""A recogniser measured on recordings with their texts."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from inzwa.audio.pcm import INPUT_RATE, Sound
from inzwa.evaluation.corpus import Recording
from inzwa.evaluation.rates import ScoredRow, count
from inzwa.protocols import HearOptions, Transcriber

Clock = Callable[[], float]
"""Seconds since an arbitrary moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsrRow(ScoredRow):
    """One recording."""

    sound_s: float
    took_s: float
    confidence: float
    """Mean log-probability a token."""


async def transcribe_recording(
    recording: Recording,
    asr: Transcriber,
    options: HearOptions,
    read: Callable[[Path], Sound],
    *,
    fold: bool = False,
    clock: Clock = time.perf_counter,
) -> AsrRow:
    """Transcribe and score one recording; `read` gives its sound at 16 kHz. BadAudio, AudioTooLong."""
    sound = read(recording.path)
    began = clock()
    transcript = await asr.transcribe(sound, options)
    took_s = clock() - began
    return AsrRow(
        name=recording.name,
        said=recording.said,
        heard=transcript.text,
        **asdict(count(recording.said, transcript.text, fold=fold)),
        sound_s=round(sound.size / INPUT_RATE, 3),
        took_s=round(took_s, 4),
        confidence=round(transcript.confidence, 3),
    )
