"""A voice against a recogniser: what is said, how it sounds, and how much of it is understood.

Knows the contracts of both and no model. A recogniser that hardly knows the language ranks voices; how people would
judge them, it cannot tell.
"""

import time
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from inzwa.audio.pcm import INPUT_RATE, SILENT_DBFS, Sound, level_dbfs, resample, samples_in
from inzwa.errors import EmptyText
from inzwa.evaluation.hearing import Clock
from inzwa.evaluation.rates import count
from inzwa.protocols import HearOptions, Synthesizer, Transcriber, VoiceOptions
from inzwa.shona.dialogue.phrases import cut_phrases

CLIPPED: Final = 32767 / 32768
"""From here on a sample is at the end of what PCM16 can hold."""

QUIET_DB: Final = 40.0
"""A frame that lies this far below the loudest one is silence."""

_FRAME_MS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenRow:
    """One sentence."""

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
class _Said:
    sound: Sound
    """Shape (samples,), at the voice's rate."""
    rate: int
    took_s: float
    first_s: float


async def speak_and_hear(
    name: str,
    sentence: str,
    tts: Synthesizer,
    asr: Transcriber,
    voice: VoiceOptions,
    options: HearOptions,
    *,
    fold: bool = False,
    clock: Clock = time.perf_counter,
) -> SpokenRow:
    """One sentence said and heard. EmptyText where the voice makes no sound of it, AudioTooLong beyond 30 s."""
    said = await _say(sentence, tts, voice, clock)
    heard = await asr.transcribe(resample(said.sound, said.rate, INPUT_RATE), options)
    return SpokenRow(
        name=name,
        said=sentence,
        heard=heard.text,
        **asdict(count(sentence, heard.text, fold=fold)),
        sound_s=round(said.sound.size / said.rate, 3),
        took_s=round(said.took_s, 4),
        first_s=round(said.first_s, 4),
        level_dbfs=round(level_dbfs(said.sound), 2),
        peak_dbfs=round(peak_dbfs(said.sound), 2),
        clipped=round(clipped_share(said.sound), 6),
        silent=round(silent_share(said.sound, said.rate), 4),
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


async def _say(sentence: str, tts: Synthesizer, options: VoiceOptions, clock: Clock) -> _Said:
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
    return _Said(np.concatenate(parts), rate, clock() - began, first_s)
