"""Sound as numbers: PCM16 bytes and float32 arrays, frames, levels, resampling.

Inside Inzwa sound is mono float32 in [-1, 1], shape (samples,). Bytes exist only at the edge.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import soxr

from inzwa.errors import BadAudio

Sound = npt.NDArray[np.float32]
"""Mono samples, shape (samples,), dtype float32, in [-1, 1]."""

INPUT_RATE: Final = 16_000
"""Samples a second of everything that is recognised: Whisper and Silero take no other rate."""

SILENT_DBFS: Final = -120.0
"""What `level_dbfs` says of digital silence."""

_PCM16_SCALE: Final = 32768.0


def sound_from_pcm16(data: bytes | memoryview) -> Sound:
    """Little-endian 16-bit PCM as float32; an odd byte count raises BadAudio."""
    if len(data) % 2:
        raise BadAudio(f"PCM16 comes in pairs of bytes; this frame has {len(data)}.")
    return np.frombuffer(data, dtype="<i2").astype(np.float32) / _PCM16_SCALE


def pcm16_from_sound(sound: Sound) -> bytes:
    """float32 as little-endian 16-bit PCM; what lies outside [-1, 1] is clipped."""
    scaled = np.clip(np.rint(sound * _PCM16_SCALE), -32768, 32767)
    return bytes(scaled.astype("<i2"))


def milliseconds(samples: int, rate: int) -> int:
    """Whole milliseconds that `samples` last at `rate` samples a second."""
    return samples * 1000 // rate


def samples_in(ms: float, rate: int) -> int:
    """Samples that `ms` milliseconds hold at `rate` samples a second."""
    return int(ms * rate / 1000)


def silence(ms: float, rate: int) -> Sound:
    """Digital silence, float32, shape (ms * rate / 1000,)."""
    return np.zeros(samples_in(ms, rate), dtype=np.float32)


def level_dbfs(sound: Sound) -> float:
    """Root mean square in dB below full scale; SILENT_DBFS for silence or nothing."""
    if not sound.size:
        return SILENT_DBFS
    rms = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return max(SILENT_DBFS, 20 * float(np.log10(rms))) if rms > 0 else SILENT_DBFS


class Framer:
    """Cuts a stream of sounds of any length into frames of one length; buffers what is left over."""

    def __init__(self, frame_samples: int) -> None:
        self.frame_samples = frame_samples
        self._rest: Sound = np.empty(0, dtype=np.float32)

    def push(self, sound: Sound) -> Iterator[Sound]:
        """The whole frames that are complete now, each of shape (frame_samples,)."""
        joined = np.concatenate((self._rest, sound)) if self._rest.size else sound
        whole = joined.size // self.frame_samples * self.frame_samples
        self._rest = joined[whole:].copy()
        return (joined[at : at + self.frame_samples] for at in range(0, whole, self.frame_samples))

    def flush(self) -> Sound:
        """What was left over, shape (< frame_samples,); the framer is empty afterwards."""
        rest, self._rest = self._rest, np.empty(0, dtype=np.float32)
        return rest


class Recording:
    """The last `keep_samples` of an endless stream, addressed by sample number from the stream's first."""

    def __init__(self, keep_samples: int) -> None:
        self._ring: Sound = np.zeros(keep_samples, dtype=np.float32)
        self.end = 0
        """Samples pushed so far."""

    def push(self, sound: Sound) -> None:
        """Append, dropping what is older than `keep_samples`. `sound` may not be longer than that."""
        at = self.end % self._ring.size
        first = sound[: self._ring.size - at]
        self._ring[at : at + first.size] = first
        self._ring[: sound.size - first.size] = sound[first.size :]
        self.end += sound.size

    def cut(self, start: int, end: int) -> Sound:
        """A copy of samples [start, end), without what was dropped or is not there yet."""
        start = max(start, self.end - self._ring.size, 0)
        samples = max(0, min(end, self.end) - start)
        first = self._ring[start % self._ring.size :][:samples]
        return np.concatenate((first, self._ring[: samples - first.size]))


class Resampler:
    """One stream from one rate to another. One object a stream: restarting per chunk clicks (0.1 on a 0.8 peak)."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self.from_rate, self.to_rate = from_rate, to_rate
        self._stream = (
            soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32", quality="HQ") if from_rate != to_rate else None
        )

    def push(self, sound: Sound) -> Sound:
        """The output so far, shape (about samples * to_rate / from_rate,)."""
        return self._stream.resample_chunk(sound) if self._stream else sound

    def flush(self) -> Sound:
        """The filter's tail. The stream ends here."""
        empty = np.empty(0, dtype=np.float32)
        return self._stream.resample_chunk(empty, last=True) if self._stream else empty


def resample(sound: Sound, from_rate: int, to_rate: int) -> Sound:
    """A whole sound at another rate."""
    return sound if from_rate == to_rate else soxr.resample(sound, from_rate, to_rate, quality="HQ")
