"""One loudness for all phrases: how loud a phrase will be is predicted before its first sample.

    level of a frame, dB  ~  level of the voice  +  weights . latent frame

What a VITS decoder makes of a frame of latent numbers is a waveform, but how loud it is follows the numbers nearly in a
straight line. So the line is fitted (ridge regression) to what the voice says while it warms up, and a phrase gets one
gain for its whole length, before the decoder runs: nothing pumps within a phrase and nothing waits. Level is the root
mean square of the frames that are speech: those less than SPEECH_DB below the mean, as ITU-R BS.1770 gates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from inzwa.audio.pcm import SILENT_DBFS, Sound

TARGET_DBFS: Final = -23.0
"""Level of speech that every voice is brought to: that of EBU R 128, which leaves 20 dB for its peaks."""

MAX_VOICE_GAIN_DB: Final = 12.0
MAX_PHRASE_GAIN_DB: Final = 4.0
"""Gain at most for the voice's own level, and for how a phrase differs from it."""

SPEECH_DB: Final = 10.0
_FLOOR_DB: Final = 15.0
"""Frames further below the voice's level count as this far, so that silence does not bend the line."""

_RIDGE: Final = 0.2
"""Of the latent numbers' variance: a voice learns from some 500 frames and has about 200 numbers in each."""

_KNEE, _CEILING = 0.7, 0.89
"""Where the limiter begins, and what no sample passes: 1 dB is left for what lies between the samples."""

Frames = npt.NDArray[np.float32]
"""Shape (1, channels, frames)."""
Levels = npt.NDArray[np.float64]
"""dB below full scale, shape (frames,)."""


def frame_levels(sound: Sound, frame_samples: int) -> Levels:
    """Of each whole frame."""
    whole = sound[: sound.size // frame_samples * frame_samples].reshape(-1, frame_samples)
    powers: Levels = np.mean(np.square(whole, dtype=np.float64), axis=1)
    return 10 * np.log10(np.maximum(powers, 10 ** (SILENT_DBFS / 10)))


def speech_level(levels: Levels) -> float:
    """Of the frames that are speech, dB below full scale; SILENT_DBFS where there are none."""
    audible = levels[levels > SILENT_DBFS / 2]
    return _mean(audible[audible > _mean(audible) - SPEECH_DB]) if audible.size else SILENT_DBFS


def gain_for(voice_dbfs: float, phrase_db: float = 0.0) -> float:
    """The factor for a phrase that is `phrase_db` louder than its voice. 1 for a voice without a sound."""
    if voice_dbfs <= SILENT_DBFS / 2:
        return 1.0
    voice = np.clip(TARGET_DBFS - voice_dbfs, -MAX_VOICE_GAIN_DB, MAX_VOICE_GAIN_DB)
    return float(10 ** ((voice - np.clip(phrase_db, -MAX_PHRASE_GAIN_DB, MAX_PHRASE_GAIN_DB)) / 20))


def limited(sound: Sound) -> Sound:
    """Peaks rounded off so that no sample passes the ceiling; what stays below the knee is untouched."""
    size = np.abs(sound)
    if not sound.size or size.max() <= _KNEE:
        return sound
    headroom = _CEILING - _KNEE
    return np.where(size <= _KNEE, sound, np.sign(sound) * (_KNEE + headroom * np.tanh((size - _KNEE) / headroom)))


@dataclass(frozen=True, slots=True, eq=False)
class Loudness:
    """A voice's loudness as a linear function of its latent frames."""

    voice_dbfs: float
    """Level of its speech."""
    weights: npt.NDArray[np.float64]
    """dB for each latent number, shape (channels,)."""
    offset_db: float

    def gain(self, latent: Frames) -> float:
        """The factor that brings the phrase of these frames to the target."""
        levels = latent[0].T @ self.weights + self.offset_db
        speech = levels[levels > -SPEECH_DB]
        return gain_for(self.voice_dbfs, _mean(speech) if speech.size else 0.0)


def fit_loudness(phrases: Iterable[tuple[Frames, Sound]], hop: int) -> Loudness:
    """From phrases as latent frames and as sound, `hop` samples a frame."""
    pairs = [(latent[0].T.astype(np.float64), frame_levels(sound, hop)) for latent, sound in phrases]
    frames, levels = np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])
    voice_dbfs = speech_level(levels)
    wanted = np.maximum(levels - voice_dbfs, -_FLOOR_DB)
    centre, mean = frames.mean(axis=0), float(wanted.mean())
    apart = frames - centre
    ridge = _RIDGE * len(apart) * max(float(apart.var()), 1e-9) * np.eye(apart.shape[1])
    weights = np.linalg.solve(apart.T @ apart + ridge, apart.T @ (wanted - mean))
    return Loudness(voice_dbfs, weights, mean - float(centre @ weights))


def _mean(levels: Levels) -> float:
    """Of powers, in dB."""
    return 10 * float(np.log10(np.mean(10 ** (levels / 10))))
