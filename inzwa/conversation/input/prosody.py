"""How speech sounds just before a pause: whether pitch and level fall as they do at an end.

Pitch is the strongest peak of each frame's autocorrelation, divided by that of the window (Boersma 1993, "Accurate
short-term analysis of the fundamental frequency"). Less than a millisecond of work for a pause.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from inzwa.audio.pcm import INPUT_RATE, Sound, samples_in

WINDOW_MS: Final = 1_000
"""How much speech before the pause is looked at."""

_RATE: Final = INPUT_RATE // 2
_FRAME: Final = _RATE * 40 // 1000
_HOP: Final = _RATE * 25 // 1000
_FFT: Final = 512
"""At least a frame and the longest lag, so that the correlation does not wrap."""
_LAGS: Final = (_RATE // 400, _RATE // 70)
"""70 to 400 Hz: deep men's voices to children's."""
_VOICED: Final = 0.55
"""Height of the peak from which a frame has a pitch."""
_LOUD_DB: Final = -25.0
"""Below the loudest frame: fainter frames are not speech."""
_END_FRAMES: Final = 5
"""125 ms: a syllable."""

_WINDOW: Final = np.hanning(_FRAME + 2)[1:-1].astype(np.float32)

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prosody:
    """The end of what was said against what came before it. Zeros where there is too little to compare."""

    fall: float = 0.0
    """Semitones by which the last syllable lies below the median; negative where it is higher."""
    fade: float = 0.0
    """Decibels by which the last syllable is fainter than the median."""


def prosody(sound: Sound) -> Prosody:
    """Of speech up to a pause, shape (samples,), 16 kHz. What is older than WINDOW_MS is not looked at."""
    frames = _frames(sound[-samples_in(WINDOW_MS, INPUT_RATE) :])
    if not frames.shape[0]:
        return Prosody()
    levels = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-10)
    loud = levels >= levels.max() + _LOUD_DB
    pitch = _pitch(frames)
    spoken = loud & np.isfinite(pitch)
    if np.count_nonzero(spoken) < 2 * _END_FRAMES:
        return Prosody()
    semitones, decibels = pitch[spoken], levels[spoken]
    return Prosody(
        fall=float(np.median(semitones) - np.median(semitones[-_END_FRAMES:])),
        fade=float(np.median(decibels) - np.mean(decibels[-_END_FRAMES:])),
    )


def _frames(sound: Sound) -> Values:
    """At half the rate, shape (frames, _FRAME), the last frame ending with the sound."""
    half = sound[sound.size % 2 :].reshape(-1, 2).mean(axis=1)
    if half.size < _FRAME:
        return np.empty((0, _FRAME), dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(half, _FRAME)
    return windows[(half.size - _FRAME) % _HOP :: _HOP].astype(np.float32)


def _pitch(frames: Values) -> Values:
    """Semitones above 1 Hz, shape (frames,); NaN where a frame has none."""
    shortest, longest = _LAGS
    spectrum = np.fft.rfft(frames * _WINDOW, _FFT, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, : longest + 1] / _OF_WINDOW
    correlation /= np.maximum(correlation[:, :1], 1e-9)
    candidates = correlation[:, shortest:] - _OCTAVE
    best = np.argmax(candidates, axis=1)
    rows, lag = np.arange(best.size), np.clip(best + shortest, shortest + 1, longest - 1)
    left, height, right = (correlation[rows, lag + side] for side in (-1, 0, 1))
    peak = (best > 0) & (best < candidates.shape[1] - 1) & (height >= _VOICED)
    between = np.clip(0.5 * (left - right) / np.minimum(left - 2 * height + right, -1e-6), -0.5, 0.5)
    return np.where(peak, 12 * np.log2(_RATE / (lag + between)), np.nan).astype(np.float32)


def _window_correlation() -> Values:
    spectrum = np.fft.rfft(_WINDOW, _FFT)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: _LAGS[1] + 1]
    of_window: Values = (correlation / correlation[0]).astype(np.float32)
    return of_window


_OF_WINDOW: Final = _window_correlation()
_OCTAVE: Final = (0.02 * np.log2(np.arange(_LAGS[0], _LAGS[1] + 1) / _LAGS[0])).astype(np.float32)
"""Taken off longer lags: two periods fit as well as one."""
