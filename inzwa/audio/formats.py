"""The codecs of the wire protocol, and their rates."""

from typing import Final, Literal

InputCodec = Literal["pcm16", "opus"]
OutputCodec = Literal["opus", "pcm16"]

OPUS_RATE: Final = 48_000
PCM16_RATE: Final = 16_000
"""Samples a second."""

OUTPUT_RATES: Final[dict[OutputCodec, int]] = {"opus": OPUS_RATE, "pcm16": PCM16_RATE}

FRAME_MS: Final = 20
"""Sound in one frame that the server sends."""
