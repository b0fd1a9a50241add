"""Recordings in the formats of phones and browsers, as 16 kHz float32. Trusts neither their names nor their headers."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound
from inzwa.errors import AudioTooLong, BadAudio

_SIGNATURES: Final = (
    (0, b"RIFF", "wav"),
    (0, b"RF64", "wav"),
    (0, b"riff\x2e\x91\xcf\x11", "w64"),
    (0, b"FORM", "aiff"),
    (0, b".snd", "au"),
    (0, b"caff", "caf"),
    (0, b"#!AMR", "amr"),
    (0, b"OggS", "ogg"),
    (0, b"fLaC", "flac"),
    (0, b"ID3", "mp3"),
    (4, b"ftyp", "mp4"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
)
"""Offset, bytes, and the demuxer that reads what begins so; 3GP and M4A are MP4. Playlists and text are not here."""

_MPEG_SYNC: Final = 0xFFE0
"""Bits set in the first two bytes, big-endian, of an MP3 without a tag, and of bare AAC (ADTS)."""

_MPEG_LAYER: Final = 0x0006
"""Bits among them that are 0 in AAC only."""


def read_recording(path: Path, max_seconds: float = math.inf) -> Sound:
    """The first audio track, shape (samples,), 16 kHz, the mean of its channels.

    AudioTooLong as soon as it passes `max_seconds`, BadAudio where it is no sound, OSError where it cannot be opened.
    """
    demuxer = _demuxer(path)
    try:
        with av.open(str(path), format=demuxer, options={"protocol_whitelist": "file"}) as container:
            return _joined(_samples(container), max_seconds)
    except (av.FFmpegError, IndexError, ValueError) as error:  # no audio track; a track that changes its format
        raise BadAudio("This is not a sound that can be read.") from error


def _demuxer(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    for offset, signature, name in _SIGNATURES:
        if head[offset:].startswith(signature):
            return name
    start = int.from_bytes(head[:2])
    if start & _MPEG_SYNC == _MPEG_SYNC:
        return "mp3" if start & _MPEG_LAYER else "aac"
    raise BadAudio("Send WAV, OGG, FLAC, MP3, MP4 or WebM sound.")


def _samples(container: av.container.InputContainer) -> Iterator[Sound]:
    resampler = av.AudioResampler(format="fltp", rate=INPUT_RATE)
    for frame in container.decode(container.streams.audio[0]):
        yield from (piece.to_ndarray().mean(axis=0) for piece in resampler.resample(frame))
    yield from (piece.to_ndarray().mean(axis=0) for piece in resampler.resample(None))


def _joined(pieces: Iterator[Sound], max_seconds: float) -> Sound:
    kept: list[Sound] = []
    total = 0
    for piece in pieces:
        kept.append(piece)
        total += piece.size
        if total > max_seconds * INPUT_RATE:
            raise AudioTooLong(f"At most {max_seconds:g} seconds of sound; this is longer.")
    if not total:
        raise BadAudio("There is no sound in this file.")
    return np.concatenate(kept).astype(np.float32, copy=False)
