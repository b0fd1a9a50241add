"""Sound to a log-mel spectrogram as Whisper was trained on it, without padding to 30 s.

Slaney's mel scale and the scaling of Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision".
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from inzwa.audio.pcm import INPUT_RATE, Sound

HOP_SAMPLES: Final = 160
"""Samples between two frames: 10 ms."""

_FFT_SAMPLES: Final = 400
_FLOOR: Final = 1e-10
_RANGE_DECADES: Final = 8.0
"""Bins further below the loudest are raised to there."""

_LINEAR_HZ: Final = 200.0 / 3
"""Hertz a mel below 1 kHz."""
_BREAK_HZ: Final = 1000.0
_BREAK_MEL: Final = _BREAK_HZ / _LINEAR_HZ
_LOG_STEP: Final = math.log(6.4) / 27.0
"""Nepers a mel above 1 kHz."""

Spectrogram = npt.NDArray[np.float32]
"""Shape (bands, frames), dtype float32."""


class LogMel:
    """A filter bank of so many bands: 80 for most Whispers, 128 for large-v3."""

    def __init__(self, bands: int) -> None:
        self._filters = mel_filters(bands)
        self._taper = np.hanning(_FFT_SAMPLES + 1)[:-1].astype(np.float32)

    def of(self, sound: Sound) -> Spectrogram:
        """Shape (bands, samples / 160); the edges are mirrored. `sound` has more than 200 samples."""
        mirrored = np.pad(sound, _FFT_SAMPLES // 2, mode="reflect")
        frames = sliding_window_view(mirrored, _FFT_SAMPLES)[::HOP_SAMPLES][:-1] * self._taper
        spectrum = np.fft.rfft(frames)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        decades: Spectrogram = np.log10(np.maximum(self._filters @ power.T, _FLOOR))
        raised: Spectrogram = np.maximum(decades, decades.max() - _RANGE_DECADES)
        return (raised + 4.0) / 4.0


def mel_filters(bands: int) -> Spectrogram:
    """Triangles of equal area over the bins of the FFT, shape (bands, 201)."""
    edges = _hertz(np.linspace(0.0, _mel(INPUT_RATE / 2), bands + 2))[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    bins = np.fft.rfftfreq(_FFT_SAMPLES, 1 / INPUT_RATE)
    triangles = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    return (np.maximum(triangles, 0.0) * 2.0 / (high - low)).astype(np.float32)


def _mel(hertz: float) -> float:
    return _BREAK_MEL + math.log(hertz / _BREAK_HZ) / _LOG_STEP


def _hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mel < _BREAK_MEL, mel * _LINEAR_HZ, _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL)))
