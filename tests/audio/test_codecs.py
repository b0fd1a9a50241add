"""What a client sends as Opus is measured before it is decoded."""

import numpy as np
import pytest

from inzwa.audio.codecs import CELT_FROM_BPS, MAX_PACKET_MS, OpusDecoder, OpusEncoder, opus_packet_ms
from inzwa.errors import BadAudio
from tests.sounds import tone

SIX_FRAMES_OF_20_MS = bytes([0x7B, 6])
THREE_FRAMES_OF_20_MS = bytes([0x7B, 3])


@pytest.mark.parametrize("packet", [b"", SIX_FRAMES_OF_20_MS, bytes([0x1F, 63])])
def test_a_packet_that_claims_more_than_anybody_sends_live_is_refused(packet: bytes) -> None:
    with pytest.raises(BadAudio):
        OpusDecoder().decode(packet)


def test_a_packet_s_length_is_read_from_its_first_bytes() -> None:
    assert opus_packet_ms(SIX_FRAMES_OF_20_MS) == 120 > MAX_PACKET_MS
    assert opus_packet_ms(THREE_FRAMES_OF_20_MS) == 60


def test_no_packet_decodes_to_more_than_it_may() -> None:
    decoder = OpusDecoder()
    for first in range(256):
        try:
            sound = decoder.decode(bytes([first, 3, 0, 0]))
        except BadAudio:
            continue
        assert sound.size <= 16 * (MAX_PACKET_MS + 4)  # the resampler may give what it held of the packet before


def test_a_stream_goes_on_behind_a_packet_that_was_refused() -> None:
    encoder, decoder = OpusEncoder(28_000), OpusDecoder()
    packets = [*encoder.encode(tone(400), 16_000), *encoder.flush()]
    with pytest.raises(BadAudio):
        decoder.decode(SIX_FRAMES_OF_20_MS)
    heard = np.concatenate([decoder.decode(packet) for packet in packets])
    assert heard.size >= 16 * 380
    assert np.abs(heard).max() > 0.1


@pytest.mark.parametrize(("bitrate", "celt_alone"), [(12_000, False), (CELT_FROM_BPS, True), (28_000, True)])
def test_the_cheaper_codec_of_opus_is_used_where_there_are_bits_enough(bitrate: int, celt_alone: bool) -> None:
    encoder = OpusEncoder(bitrate)
    packets = [*encoder.encode(tone(400), 16_000), *encoder.flush()]
    assert {packet[0] >> 3 >= 16 for packet in packets} == {celt_alone}  # RFC 6716, table 2
