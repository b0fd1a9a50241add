"""Recordings in the formats of phones and browsers."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def encoded(path: Path, codec: str, container: str, rate: int = 48_000) -> Path:
    """One second of a tone in another format."""
    tone = (0.4 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        fifo = av.AudioFifo()
        fifo.write(frame)
        while chunk := fifo.read(stream.codec_context.frame_size or 1024, partial=True):
            file.mux(stream.encode(chunk))
        file.mux(stream.encode(None))
    return path
