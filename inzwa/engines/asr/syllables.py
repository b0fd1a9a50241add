"""Syllables of a sound and of a text: how much can have been said, whatever a recogniser makes of it.

A syllable has one nucleus, mostly a vowel, which is louder than what stands around it: nuclei are the peaks of the
energy between 300 and 3,000 Hz with a dip on both sides (after de Jong and Wempe 2009, "Praat script to detect syllable
nuclei and measure speech rate automatically"). Of 200 short utterances (benchmarks/short_words.py, noise down to 8 dB)
166 had as many nuclei as syllables, and 199 at most one more or less.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from inzwa.audio.pcm import INPUT_RATE, Sound, samples_in

_HOP_MS: Final = 10
_WINDOW_MS: Final = 50
_BAND_HZ: Final = (300, 3_000)
_DIP_DB: Final = 2.5
"""How much quieter it gets between two nuclei."""
_BELOW_LOUDEST_DB: Final = 22.0
"""Peaks further below the loudest are no nuclei."""
_ABOVE_FLOOR_DB: Final = 6.0
"""How far nuclei stand out of what is there all the time."""
_FLOOR_PERCENTILE: Final = 10
_SILENCE: Final = 1e-8

_PITCHES_HZ: Final = (70, 400)
_PERIODIC: Final = 0.4
"""Autocorrelation at the pitch, as a share of the energy, from which a stretch is voiced."""
_VOICED_MS: Final = 60

_VOWEL: Final = "(?:[aeiouáéíóúàèìòùâêîôûäëïöüāēīōū]|y(?![aeiou]))"
_VOWELS: Final = re.compile(f"{_VOWEL}+")
_SILENT_E: Final = re.compile(r"(?<=[aeiouy])([^\Waeiouy]*[^\Waeiouyl])e\b")
_OK: Final = re.compile(r"\bok\b")
_TWO_SYLLABLES: Final = "07"
"""Figures of two syllables in English, as which Whisper reads them."""

Decibels = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SpokenLength:
    """How much was said in a sound."""

    syllables: int
    span_ms: int
    """From the first to the last."""


class SpokenSound:
    """A sound, and what was said in it by its energy and pitch; measured when it is first asked."""

    def __init__(self, sound: Sound) -> None:
        """Shape (samples,), float32, 16 kHz."""
        self.sound = sound
        self._length: SpokenLength | None = None

    def length(self) -> SpokenLength:
        """Of its voiced nuclei."""
        if self._length is None:
            steps = _nuclei(self.sound)
            self._length = SpokenLength(len(steps), (steps[-1] - steps[0]) * _HOP_MS if steps else 0)
        return self._length

    def is_speech(self) -> bool:
        """Whether something voiced stands out of what is there all the time, for as long as a vowel lasts.

        Noise has no pitch, and a hum or a tone does not stand out of itself.
        """
        frames = _frames(self.sound)
        if not frames.size:
            return False
        levels = _levels(frames)
        loud = levels > _threshold(levels)
        if not loud.any() or loud.all():
            return False
        return int((_periodicity(frames[loud]) > _PERIODIC).sum()) * _HOP_MS >= _VOICED_MS


def count_in_text(text: str, *, language: str) -> float:
    """Syllables of a text as it is read, figure by figure; at least one where there are words.

    English has one for a group of vowels. Shona has one for each, but may be written with English words in it, so that
    the mean of both is taken.
    """
    plain = _OK.sub("okay", text.casefold())
    if language == "en":
        plain = _SILENT_E.sub(r"\1", plain)
    groups = [len(found) for found in _VOWELS.findall(plain)]
    vowels = len(groups) if language == "en" else (len(groups) + sum(groups)) / 2
    figures = sum(1 + (letter in _TWO_SYLLABLES) for letter in plain if letter.isdecimal())
    return max(vowels + figures, float(any(map(str.isalnum, plain))))


def _nuclei(sound: Sound) -> list[int]:
    """The steps at which they are."""
    half = samples_in(_WINDOW_MS, INPUT_RATE) // 2
    frames = _frames(np.pad(sound, half, mode="symmetric") if sound.size else sound)
    peaks = _peaks(_levels(frames)) if frames.size else []
    if not peaks:
        return []
    voiced = _periodicity(frames[peaks]) > _PERIODIC
    return [step for step, is_voiced in zip(peaks, voiced, strict=True) if is_voiced]


def _frames(sound: Sound) -> npt.NDArray[np.float32]:
    """The sound's windows, a step apart. Shape (steps, samples)."""
    hop, window = samples_in(_HOP_MS, INPUT_RATE), samples_in(_WINDOW_MS, INPUT_RATE)
    if sound.size < window:
        return np.zeros((0, window), dtype=np.float32)
    return np.lib.stride_tricks.sliding_window_view(sound, window)[::hop]


def _levels(frames: npt.NDArray[np.float32]) -> Decibels:
    """Energy in the band of vowels. Shape (steps,), dB."""
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(frames.shape[1]), axis=1)))
    hertz = np.fft.rfftfreq(frames.shape[1], 1 / INPUT_RATE)
    band = (hertz >= _BAND_HZ[0]) & (hertz <= _BAND_HZ[1])
    return np.asarray(10 * np.log10(power[:, band].sum(axis=1) + _SILENCE))


def _threshold(levels: Decibels) -> float:
    """The level from which a peak is a nucleus."""
    loudest = float(levels.max())
    floor = float(np.percentile(levels, _FLOOR_PERCENTILE))
    return max(loudest - _BELOW_LOUDEST_DB, min(floor, loudest - 2 * _ABOVE_FLOOR_DB) + _ABOVE_FLOOR_DB)


def _peaks(levels: Decibels) -> list[int]:
    """Steps of the peaks with a dip on both sides."""
    found: list[int] = []
    threshold, peak, valley, rising = _threshold(levels), 0, 0, True
    for step, level in enumerate(levels):
        if rising and level > levels[peak]:
            peak = step
        elif rising and level < levels[peak] - _DIP_DB:
            found.append(peak)
            valley, rising = step, False
        elif not rising and level < levels[valley]:
            valley = step
        elif not rising and level > levels[valley] + _DIP_DB:
            peak, rising = step, True
    return [step for step in [*found, *([peak] if rising else [])] if levels[step] > threshold]


def _periodicity(frames: npt.NDArray[np.float32]) -> Decibels:
    """How far each frame repeats itself at a voice's pitch, 0..1. Shape (frames,)."""
    window = np.hanning(frames.shape[1])
    both = np.vstack((frames * window, window))
    power = np.square(np.abs(np.fft.rfft(both, n=2 * frames.shape[1], axis=1)))
    lags = np.fft.irfft(power, axis=1)
    lags = lags / (lags[:, :1] + _SILENCE)
    slowest, fastest = (INPUT_RATE // pitch for pitch in _PITCHES_HZ)
    alike = lags[:-1, fastest : slowest + 1] / lags[-1, fastest : slowest + 1]
    return np.asarray(alike.max(axis=1))
