"""A voice measured by a recogniser: how it sounds, and how much of it is understood.

A recogniser that hardly knows the language can rank voices, but not say how people would judge them.
"""

import time
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from inzwa.audio.pcm import INPUT_RATE, SILENT_DBFS, Sound, level_dbfs, resample, samples_in
from inzwa.errors import EmptyText
from inzwa.evaluation.asr import Clock
from inzwa.evaluation.rates import ScoredRow, count
from inzwa.protocols import HearOptions, Synthesizer, Transcriber, VoiceOptions
from inzwa.shona.dialogue.phrases import cut_phrases

CLIPPED: Final = 32767 / 32768
"""A sample from this magnitude on is at full scale in PCM16."""

QUIET_DB: Final = 40.0
"""A frame that lies this far below the loudest one is silence."""

_FRAME_MS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TtsRow(ScoredRow):
    """One sentence."""

    sound_s: float
    took_s: float
    """To make all of the sound."""
    first_s: float
    """To make the first of it."""
    level_dbfs: float
    peak_dbfs: float
    clipped: float
    """Share of samples."""
    silent: float
    """Share of frames of 20 ms."""


@dataclass(frozen=True, slots=True)
class _Speech:
    sound: Sound
    """Shape (samples,), at the voice's rate."""
    rate: int
    took_s: float
    first_s: float


async def speak_and_transcribe(
    name: str,
    sentence: str,
    tts: Synthesizer,
    asr: Transcriber,
    voice: VoiceOptions,
    options: HearOptions,
    *,
    fold: bool = False,
    clock: Clock = time.perf_counter,
) -> TtsRow:
    """Speak a sentence, transcribe and score that. EmptyText where there is no sound, AudioTooLong beyond 30 s."""
    speech = await _speak(sentence, tts, voice, clock)
    transcript = await asr.transcribe(resample(speech.sound, speech.rate, INPUT_RATE), options)
    return TtsRow(
        name=name,
        said=sentence,
        heard=transcript.text,
        **asdict(count(sentence, transcript.text, fold=fold)),
        sound_s=round(speech.sound.size / speech.rate, 3),
        took_s=round(speech.took_s, 4),
        first_s=round(speech.first_s, 4),
        level_dbfs=round(level_dbfs(speech.sound), 2),
        peak_dbfs=round(peak_dbfs(speech.sound), 2),
        clipped=round(clipped_share(speech.sound), 6),
        silent=round(silent_share(speech.sound, speech.rate), 4),
    )


def peak_dbfs(sound: Sound) -> float:
    """The loudest sample in dB below full scale."""
    peak = float(np.abs(sound).max(initial=0.0))
    return max(SILENT_DBFS, 20 * float(np.log10(peak))) if peak > 0 else SILENT_DBFS


def clipped_share(sound: Sound) -> float:
    """Samples that reach full scale, of all samples."""
    return float(np.mean(np.abs(sound) >= CLIPPED)) if sound.size else 0.0


def silent_share(sound: Sound, rate: int) -> float:
    """Frames that lie QUIET_DB below the loudest frame, of all frames; all of them where there is no sound."""
    step = samples_in(_FRAME_MS, rate)
    levels = np.array([level_dbfs(sound[at : at + step]) for at in range(0, sound.size, step)])
    if not levels.size or levels.max() <= SILENT_DBFS:
        return 1.0
    return float(np.mean(levels < levels.max() - QUIET_DB))


async def _speak(sentence: str, tts: Synthesizer, options: VoiceOptions, clock: Clock) -> _Speech:
    began, first_s, rate = clock(), 0.0, tts.sample_rate
    parts: list[Sound] = []
    for phrase in cut_phrases(sentence):
        async with aclosing(tts.speak(phrase, options)) as chunks:
            async for chunk in chunks:
                first_s = first_s if parts else clock() - began
                rate = chunk.sample_rate
                parts.append(chunk.sound)
    if not parts:
        raise EmptyText("The voice has nothing to say here.")
    return _Speech(np.concatenate(parts), rate, clock() - began, first_s)
