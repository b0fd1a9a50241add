"""Sounds of voices that are judged: FLAC files in the data folder, named by their sha256, at their own sampling rate.

No person's voice is here; recordings of contributors are kept by inzwa/feedback/recordings.py.
"""

import hashlib
import io
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from inzwa.audio.pcm import SILENT_DBFS, Sound, level_dbfs, pcm16_from_sound
from inzwa.errors import BadAudio
from inzwa.feedback.store.folder import write_whole

FOLDER: Final = "clips"
LEVEL_DBFS: Final = -26.0
"""Root mean square of every clip, as in ITU-T P.800's tests: a louder voice would be judged a better one."""
NOISE_DB: Final = 3.0
"""Of the degraded check, noise over the speech: nobody can call that natural or clear."""


def save_clip(folder: Path, sound: Sound, rate: int) -> str:
    """The sha256 of a clip's file, which is on disk when this returns. `sound` has shape (samples,)."""
    buffer = io.BytesIO()
    samples = np.frombuffer(pcm16_from_sound(at_level(sound)), dtype="<i2")
    soundfile.write(buffer, samples, rate, format="FLAC", subtype="PCM_16")
    content = buffer.getvalue()
    name = hashlib.sha256(content).hexdigest()
    write_whole(clip_path(folder, name), content)
    return name


def clip_path(folder: Path, name: str) -> Path:
    """Where the clip of that sha256 is, or would be."""
    return folder / FOLDER / f"{name}.flac"


def read_clip(path: Path) -> tuple[Sound, int]:
    """A sound file's samples, the mean of its channels, and its rate. BadAudio where it is no sound."""
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise BadAudio(f"{path.name} is not a sound that can be read.") from error
    mono: Sound = samples.mean(axis=1).astype(np.float32)
    return mono, int(rate)


def at_level(sound: Sound) -> Sound:
    """The same sound at LEVEL_DBFS, or as near as it gets without clipping."""
    level, peak = level_dbfs(sound), float(np.abs(sound).max(initial=0.0))
    if level <= SILENT_DBFS:
        return sound
    gain = min(10 ** ((LEVEL_DBFS - level) / 20), 1.0 / peak)
    louder: Sound = (sound * gain).astype(np.float32)
    return louder


def degraded(sound: Sound, rate: int, seed: int) -> Sound:
    """The sound under noise louder than itself, without anything above 1 kHz: bad by any scale."""
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(sound.size, 1 / rate) > 1_000] = 0
    dull = np.fft.irfft(spectrum, sound.size)
    noise = np.random.default_rng(seed).normal(size=sound.size)
    scale = np.sqrt(np.mean(np.square(dull))) * 10 ** (NOISE_DB / 20)
    noisy: Sound = (dull + noise * scale).astype(np.float32)
    return noisy
