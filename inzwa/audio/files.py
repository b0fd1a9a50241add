"""A sound file that somebody sent, as 16 kHz float32. Knows no page; trusts neither the name nor the length stated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound
from inzwa.errors import AudioTooLong, BadAudio

_SIGNATURES: Final = (
    (0, b"RIFF", "wav"),
    (0, b"OggS", "ogg"),
    (0, b"fLaC", "flac"),
    (0, b"ID3", "mp3"),
    (4, b"ftyp", "mp4"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
)
"""Offset, bytes, and the demuxer that reads what begins so. Playlists and text are not among them."""

_MPEG_SYNC: Final = (0xFF, 0xE0)
"""The first byte, and the bits set in the second, of an MP3 without a tag."""


def read_recording(path: Path, max_seconds: float) -> Sound:
    """The first audio track, shape (samples,), 16 kHz; AudioTooLong as soon as it passes `max_seconds`, or BadAudio."""
    demuxer = _demuxer(path)
    try:
        with av.open(str(path), format=demuxer, options={"protocol_whitelist": "file"}) as container:
            return _joined(_samples(container), int(max_seconds * INPUT_RATE), max_seconds)
    except (av.FFmpegError, IndexError) as error:
        raise BadAudio("This is not a sound that can be read.") from error


def _demuxer(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    for offset, signature, name in _SIGNATURES:
        if head[offset:].startswith(signature):
            return name
    if len(head) > 1 and head[0] == _MPEG_SYNC[0] and head[1] & _MPEG_SYNC[1] == _MPEG_SYNC[1]:
        return "mp3"
    raise BadAudio("Send WAV, OGG, FLAC, MP3, MP4 or WebM sound.")


def _samples(container: av.container.InputContainer) -> Iterator[Sound]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=INPUT_RATE)
    for frame in container.decode(container.streams.audio[0]):
        yield from (piece.to_ndarray()[0] for piece in resampler.resample(frame))
    yield from (piece.to_ndarray()[0] for piece in resampler.resample(None))


def _joined(pieces: Iterator[Sound], max_samples: int, max_seconds: float) -> Sound:
    kept: list[Sound] = []
    total = 0
    for piece in pieces:
        kept.append(piece)
        total += piece.size
        if total > max_samples:
            raise AudioTooLong(f"At most {max_seconds:g} seconds of sound; this is longer.")
    if not total:
        raise BadAudio("There is no sound in this file.")
    return np.concatenate(kept).astype(np.float32, copy=False)
