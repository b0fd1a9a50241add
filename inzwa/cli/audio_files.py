"""Sound files in and out of the commands."""

import sys
from pathlib import Path

import numpy as np
import soundfile

from inzwa.audio.pcm import INPUT_RATE, Sound, milliseconds, resample
from inzwa.errors import BadAudio


def read_sound(path: Path) -> Sound:
    """A file's sound, mono, 16 kHz. BadAudio when it is no sound file."""
    try:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise BadAudio(f"{path} cannot be read as sound: {error}".strip()) from None
    return resample(sound.mean(axis=1, dtype=np.float32), rate, INPUT_RATE)


def write_sound(path: Path, sound: Sound, rate: int) -> None:
    """A file whose ending names its format. BadAudio when it cannot be written."""
    try:
        soundfile.write(path, sound, rate)
    except (soundfile.LibsndfileError, OSError, TypeError, ValueError) as error:
        raise BadAudio(f"{path} cannot be written: {error}") from None
    sys.stderr.write(f"{path}: {milliseconds(sound.size, rate) / 1000:.2f} s at {rate} Hz\n")
