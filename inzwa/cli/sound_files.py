"""Sound files in and out of the commands."""

import sys
from pathlib import Path

import soundfile

from inzwa.audio.files import read_recording
from inzwa.audio.pcm import Sound, milliseconds
from inzwa.errors import BadAudio


def read_sound(path: Path) -> Sound:
    """A file's sound, mono, 16 kHz. BadAudio when it is no sound file."""
    try:
        return read_recording(path)
    except (BadAudio, OSError) as error:
        raise BadAudio(f"{path} cannot be read as sound: {error}") from None


def write_sound(path: Path, sound: Sound, rate: int) -> None:
    """A file whose ending names its format. BadAudio when it cannot be written."""
    try:
        soundfile.write(path, sound, rate)
    except (soundfile.LibsndfileError, OSError, TypeError, ValueError) as error:
        raise BadAudio(f"{path} cannot be written: {error}") from None
    sys.stderr.write(f"{path}: {milliseconds(sound.size, rate) / 1000:.2f} s at {rate} Hz\n")
