"""Sound keeps its samples: whatever the lumps it comes in, and whatever is cut out of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.audio.pcm import (
    INPUT_RATE,
    SILENT_DBFS,
    Framer,
    Recording,
    Resampler,
    level_dbfs,
    milliseconds,
    pcm16_from_sound,
    resample,
    samples_in,
    silence,
    sound_from_pcm16,
)
from inzwa.errors import BadAudio
from tests.sounds import tone

LUMPS = st.lists(st.integers(0, 700), max_size=20)
RATES = st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000])


def counted(samples):
    """Samples that all differ: 0, 1, 2, ..."""
    return np.arange(samples, dtype=np.float32)


def lumps_of(sound, sizes):
    """The sound in these lumps, and what is left as a last one."""
    ends = np.cumsum(sizes, dtype=int)
    return np.split(sound, ends[ends <= sound.size])


@given(st.binary(max_size=400).map(lambda data: data[: len(data) // 2 * 2]))
def test_pcm16_comes_back_as_it_was(data):
    assert pcm16_from_sound(sound_from_pcm16(data)) == data


@given(st.integers(0, 200).map(lambda half: 2 * half + 1))
def test_an_odd_byte_count_is_bad_audio(count):
    with pytest.raises(BadAudio, match=str(count)):
        sound_from_pcm16(bytes(count))


def test_what_is_too_loud_is_clipped_and_never_wrapped():
    loud = np.array([1.0, 1.5, -1.5, 100.0], dtype=np.float32)
    assert np.frombuffer(pcm16_from_sound(loud), "<i2").tolist() == [32767, 32767, -32768, 32767]


def test_pcm16_is_little_endian_and_a_half_is_a_half():
    sound = sound_from_pcm16(b"\x00\x40\x00\x80")
    assert (sound.tolist(), sound.dtype) == ([0.5, -1.0], np.float32)


@given(st.integers(0, 10**7), RATES)
def test_whole_milliseconds_never_exceed_the_samples(samples, rate):
    assert 0 <= samples - samples_in(milliseconds(samples, rate), rate) <= rate / 1000 + 1


def test_half_a_millisecond_is_not_lost():
    assert samples_in(0.5, INPUT_RATE) == 8


def test_the_level_of_a_full_sine_is_three_decibels_down():
    assert level_dbfs(tone(1_000, level=1.0)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("sound", [silence(20, INPUT_RATE), silence(0, INPUT_RATE), np.full(9, 1e-30, np.float32)])
def test_silence_has_a_level_and_it_is_the_lowest(sound):
    assert level_dbfs(sound) == SILENT_DBFS


@given(st.integers(1, 600), LUMPS)
def test_framing_a_stream_equals_slicing_the_whole(frame_samples, sizes):
    whole, framer = counted(sum(sizes)), Framer(frame_samples)
    frames = [frame for lump in lumps_of(whole, sizes) for frame in framer.push(lump)]
    assert all(frame.shape == (frame_samples,) for frame in frames)
    assert np.array_equal(np.concatenate([*frames, framer.flush()]), whole)
    assert framer.flush().size == 0


def test_a_framer_keeps_its_own_copy_of_what_is_left_over():
    lump, framer = counted(3), Framer(4)
    list(framer.push(lump))
    lump[:] = -1
    assert next(framer.push(counted(1))).tolist() == [0, 1, 2, 0]


@given(
    st.integers(1, 900), st.lists(st.integers(0, 300), max_size=20), st.integers(-50, 3_000), st.integers(-50, 3_000)
)
def test_a_cut_equals_the_slice_of_what_is_remembered(keep, sizes, start, end):
    sizes = [min(size, keep) for size in sizes]
    whole, recording = counted(sum(sizes)), Recording(keep)
    for lump in lumps_of(whole, sizes):
        recording.push(lump)
    oldest = max(0, whole.size - keep)
    assert recording.end == whole.size
    assert np.array_equal(recording.cut(start, end), whole[max(start, oldest) : max(end, start, oldest)])


def test_a_cut_is_not_changed_by_what_is_recorded_later():
    recording = Recording(4)
    recording.push(counted(4))
    cut = recording.cut(0, 4)
    recording.push(np.full(4, 9, np.float32))
    assert cut.tolist() == [0, 1, 2, 3]


@given(RATES, RATES, st.lists(st.integers(0, 3_000), min_size=1, max_size=12))
def test_resampling_in_lumps_equals_resampling_at_once(from_rate, to_rate, sizes):
    sound = tone(sum(sizes) / 16, rate=16_000)
    stream, once = Resampler(from_rate, to_rate), Resampler(from_rate, to_rate)
    parts = [stream.push(lump) for lump in lumps_of(sound, sizes)]
    got = np.concatenate([*parts, stream.flush()])
    want = np.concatenate([once.push(sound), once.flush()])
    assert got.dtype == np.float32
    assert got.size == want.size
    assert np.allclose(got, want, atol=1e-6)


@given(RATES, RATES, st.integers(200, 2_000))
def test_a_stream_is_as_long_as_the_sound_resampled_whole(from_rate, to_rate, ms):
    sound = tone(ms, rate=from_rate)
    stream = Resampler(from_rate, to_rate)
    got = np.concatenate([stream.push(sound), stream.flush()])
    whole = resample(sound, from_rate, to_rate)
    assert abs(got.size - whole.size) <= 1
    assert abs(whole.size - sound.size * to_rate / from_rate) <= 1


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_nothing_resampled_is_nothing(rate):
    assert resample(silence(0, 16_000), 16_000, rate).size == 0
    assert Resampler(16_000, rate).flush().size == 0


def test_a_tone_keeps_its_pitch_and_its_level():
    sound = resample(tone(1_000, rate=22_050), 22_050, 16_000)
    spectrum = np.abs(np.fft.rfft(sound))
    assert spectrum.argmax() == pytest.approx(300, abs=1)
    assert level_dbfs(sound) == pytest.approx(level_dbfs(tone(1_000)), abs=0.1)
