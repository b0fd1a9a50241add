"""Bytes on the wire to sound and back, one object a stream.

Opus is raw packets of 20 ms at 48 kHz through PyAV's libopus; PCM16 is little-endian, mono.
"""

import io
import struct
from collections.abc import Iterator
from typing import Final, Protocol

import av
import numpy as np
from av.error import FFmpegError

from inzwa.audio.formats import FRAME_MS, OPUS_RATE, PCM16_RATE, InputCodec, OutputCodec
from inzwa.audio.pcm import INPUT_RATE, Framer, Resampler, Sound, pcm16_from_sound, sound_from_pcm16
from inzwa.errors import BadAudio, UnsupportedFormat

OPUS_EFFORT: Final = "5"
"""libopus's complexity, 0 to 10: less than half of the time of 10, which is its default."""
CELT_FROM_BPS: Final = 24_000
"""From here on packets are made by CELT alone ("lowdelay"): half of the time that SILK and CELT together take ("voip"),
and 4 ms less delay, for a third more bytes. By PESQ (wideband, of 4.64 at the most) joe-medium at the default of
28 kbit/s keeps 4.30, with SILK 4.42. With fewer bits SILK is better."""
MAX_PACKET_MS: Final = 60
"""A 2-byte Opus packet may claim 120 ms; live speech needs no more than 60."""


_NOTHING: Final[Sound] = np.empty(0, dtype=np.float32)


class Decoder(Protocol):
    def decode(self, frame: bytes) -> Sound:
        """The frame's sound, float32, 16 kHz. BadAudio when it is none; the stream goes on."""
        ...


class Encoder(Protocol):
    def encode(self, sound: Sound, rate: int) -> Iterator[bytes]:
        """Whole frames, each made when it is asked for; the caller must exhaust the iterator."""
        ...

    def flush(self) -> Iterator[bytes]:
        """The frames that end the stream."""
        ...


def open_decoder(codec: InputCodec, sample_rate: int) -> Decoder:
    """UnsupportedFormat unless it is PCM16 at 16 kHz or Opus at 48 kHz."""
    if (codec, sample_rate) == ("pcm16", PCM16_RATE):
        return Pcm16Decoder()
    if (codec, sample_rate) == ("opus", OPUS_RATE):
        return OpusDecoder()
    raise UnsupportedFormat(f"{codec} at {sample_rate} Hz is not read here: send pcm16 at 16000 or opus at 48000.")


def open_encoder(codec: OutputCodec, bitrate: int) -> Encoder:
    """A fresh stream, for one turn."""
    return OpusEncoder(bitrate) if codec == "opus" else Pcm16Encoder()


class Pcm16Decoder:
    def decode(self, frame: bytes) -> Sound:
        return sound_from_pcm16(frame)


class OpusDecoder:
    """Raw packets to sound at `rate`: what the server hears, and what a client plays."""

    def __init__(self, rate: int = INPUT_RATE) -> None:
        self._codec = av.CodecContext.create("libopus", "r")
        self._codec.sample_rate = OPUS_RATE
        self._codec.layout = "mono"
        self._resampler = Resampler(OPUS_RATE, rate)

    def decode(self, frame: bytes) -> Sound:
        if not 0 < opus_packet_ms(frame) <= MAX_PACKET_MS:
            raise BadAudio(f"An Opus packet holds up to {MAX_PACKET_MS} ms here.")
        try:
            frames = self._codec.decode(av.Packet(frame))
        except FFmpegError:
            raise BadAudio("This is not an Opus packet.") from None
        return self._resampler.push(np.concatenate([_samples(each) for each in frames] or [_NOTHING]))


def opus_packet_ms(packet: bytes) -> float:
    """How long a packet claims to be, by its table-of-contents byte (RFC 6716, section 3.1); 0 for no packet."""
    if not packet:
        return 0
    config, count = packet[0] >> 3, packet[0] & 3
    frame_ms: float
    if config < 12:
        frame_ms = (10, 20, 40, 60)[config % 4]
    elif config < 16:
        frame_ms = (10, 20)[config % 2]
    else:
        frame_ms = (2.5, 5, 10, 20)[config % 4]
    if count < 3:
        return frame_ms * (1, 2, 2)[count]
    return frame_ms * (packet[1] & 0x3F) if len(packet) > 1 else 0


class _Frames:
    """A voice's sound, resampled as one stream and cut into 20 ms frames."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._framer = Framer(rate * FRAME_MS // 1000)
        self._resampler: Resampler | None = None

    def push(self, sound: Sound, rate: int) -> Iterator[Sound]:
        if self._resampler is None or self._resampler.from_rate != rate:
            self._resampler = Resampler(rate, self._rate)
        return self._framer.push(self._resampler.push(sound))

    def flush(self, *, pad: bool) -> Iterator[Sound]:
        """What is left in the filter and the framer; the last frame is filled up with silence when `pad`."""
        if self._resampler:
            yield from self._framer.push(self._resampler.flush())
        if (rest := self._framer.flush()).size:
            yield np.pad(rest, (0, self._framer.frame_samples - rest.size)) if pad else rest


class OpusEncoder:
    def __init__(self, bitrate: int) -> None:
        self._codec = opus_codec(bitrate)
        self._frames = _Frames(OPUS_RATE)

    def encode(self, sound: Sound, rate: int) -> Iterator[bytes]:
        return self._packets(self._frames.push(sound, rate))

    def flush(self) -> Iterator[bytes]:
        yield from self._packets(self._frames.flush(pad=True))
        yield from map(bytes, self._codec.encode(None))

    def _packets(self, frames: Iterator[Sound]) -> Iterator[bytes]:
        for frame in frames:
            yield from map(bytes, self._codec.encode(audio_frame(frame, OPUS_RATE)))


class Pcm16Encoder:
    def __init__(self) -> None:
        self._frames = _Frames(PCM16_RATE)

    def encode(self, sound: Sound, rate: int) -> Iterator[bytes]:
        return map(pcm16_from_sound, self._frames.push(sound, rate))

    def flush(self) -> Iterator[bytes]:
        return map(pcm16_from_sound, self._frames.flush(pad=False))


class WavStream:
    """A WAV of unknown length (sizes 0xFFFFFFFF, as players expect of a stream), at the sound's own rate."""

    def __init__(self) -> None:
        self._begun = False

    def encode(self, sound: Sound, rate: int) -> Iterator[bytes]:
        if not self._begun:
            self._begun = True
            yield wav_header(rate, 0xFFFFFFFF)
        yield pcm16_from_sound(sound)

    def flush(self) -> Iterator[bytes]:
        return iter(())


class OggOpusStream:
    """Opus in Ogg pages of one packet, so that nothing waits in the container."""

    def __init__(self, bitrate: int) -> None:
        self._out = io.BytesIO()
        self._container = av.open(self._out, "w", format="ogg", options={"page_duration": "20000"})
        self._stream = self._container.add_stream("libopus", rate=OPUS_RATE, layout="mono")
        self._stream.bit_rate, self._stream.options = bitrate, {**opus_options(bitrate)}
        self._frames = _Frames(OPUS_RATE)
        self._pts = 0

    def encode(self, sound: Sound, rate: int) -> Iterator[bytes]:
        yield self._mux(self._frames.push(sound, rate))

    def flush(self) -> Iterator[bytes]:
        begun = self._mux(self._frames.flush(pad=True))
        self._container.mux(self._stream.encode(None))
        self._container.close()
        yield begun + self._taken()

    def _mux(self, frames: Iterator[Sound]) -> bytes:
        for frame in frames:
            packet_frame = audio_frame(frame, OPUS_RATE)
            packet_frame.pts, self._pts = self._pts, self._pts + frame.size
            self._container.mux(self._stream.encode(packet_frame))
        return self._taken()

    def _taken(self) -> bytes:
        data = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return data


def opus_codec(bitrate: int) -> av.AudioCodecContext:
    """libopus for speech: mono, 48 kHz, 20 ms packets. `bitrate` in bits a second."""
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = OPUS_RATE, "mono", "flt", bitrate
    codec.options = opus_options(bitrate)
    return codec


def opus_options(bitrate: int) -> dict[str, str]:
    """Of libopus, for speech in packets of 20 ms."""
    application = "lowdelay" if bitrate >= CELT_FROM_BPS else "voip"
    return {"frame_duration": str(FRAME_MS), "application": application, "compression_level": OPUS_EFFORT}


def audio_frame(sound: Sound, rate: int) -> av.AudioFrame:
    """Sound as PyAV takes it."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound)[None, :], format="flt", layout="mono")
    frame.sample_rate = rate
    return frame


def wav_header(rate: int, data_bytes: int) -> bytes:
    """44 bytes: PCM16, mono."""
    riff_bytes = min(data_bytes + 36, 0xFFFFFFFF)
    form = 16, 1, 1, rate, rate * 2, 2, 16  # its length, PCM, channels, rate, bytes a second and a sample, bits
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", riff_bytes, b"WAVE", b"fmt ", *form, b"data", data_bytes)


def _samples(frame: av.AudioFrame) -> Sound:
    """What libopus decoded: 16 bit, mono; its buffer is longer than its sound."""
    return sound_from_pcm16(memoryview(frame.planes[0])[: 2 * frame.samples])
