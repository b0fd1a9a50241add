"""Files that people send: read by what they hold, not by what they are called."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inzwa.audio.files import read_recording
from inzwa.audio.pcm import INPUT_RATE
from inzwa.errors import AudioTooLong, BadAudio
from tests.audio.encoding import encoded
from tests.browser.microphone import write_wav


@pytest.mark.parametrize(
    ("codec", "container"),
    [
        ("pcm_s16le", "wav"),
        ("libopus", "ogg"),
        ("libopus", "webm"),
        ("flac", "flac"),
        ("aac", "mp4"),
        ("aac", "ipod"),
        ("aac", "3gp"),
        ("aac", "adts"),
        ("libmp3lame", "mp3"),
        ("pcm_s16be", "aiff"),
        ("pcm_s16be", "au"),
        ("pcm_s16le", "caf"),
        ("pcm_s16le", "w64"),
    ],
)
def test_what_browsers_and_phones_record_is_read_whatever_its_name(tmp_path: Path, codec: str, container: str) -> None:
    sound = read_recording(encoded(tmp_path / "clip.bin", codec, container), 5)
    assert sound.dtype == np.float32
    assert abs(sound.size - INPUT_RATE) < INPUT_RATE * 0.1
    assert abs(float(np.sqrt(np.mean(sound[2000:-2000] ** 2))) - 0.4 / 2**0.5) < 0.02


@pytest.mark.parametrize("container", ["3gp", "amr"])
def test_the_codec_of_older_phones_is_read(tmp_path: Path, container: str) -> None:
    sound = read_recording(encoded(tmp_path / "clip.bin", "libopencore_amrnb", container, rate=8_000))
    assert abs(sound.size - INPUT_RATE) < INPUT_RATE * 0.1
    assert abs(float(np.sqrt(np.mean(sound[2000:-2000] ** 2))) - 0.4 / 2**0.5) < 0.05


def test_two_channels_are_averaged_and_no_louder_than_each(tmp_path: Path) -> None:
    ramp = np.linspace(-1, 1, INPUT_RATE, dtype=np.float32)
    soundfile.write(tmp_path / "clip.wav", np.stack([ramp, -0.5 * ramp], axis=1), INPUT_RATE, subtype="FLOAT")
    assert np.allclose(read_recording(tmp_path / "clip.wav"), 0.25 * ramp, atol=1e-6)


def test_exactly_the_limit_passes_and_a_little_more_does_not(tmp_path: Path) -> None:
    clip = write_wav(tmp_path / "clip.wav", np.zeros(INPUT_RATE, dtype=np.float32), INPUT_RATE)
    assert read_recording(clip, 1.0).size == INPUT_RATE
    with pytest.raises(AudioTooLong):
        read_recording(clip, 0.99)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"<?xml version='1.0'?><MPD/>",
        b"OggS" + b"\x00" * 60,
        b"\x1aE\xdf\xa3" + b"\xff" * 40,
        b"just text",
    ],
)
def test_what_is_not_sound_is_refused_even_when_it_is_called_wav(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.wav").write_bytes(content)
    with pytest.raises(BadAudio):
        read_recording(tmp_path / "clip.wav", 5)


def test_a_wav_without_a_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAudio):
        read_recording(write_wav(tmp_path / "none.wav", np.empty(0, dtype=np.float32)), 5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from([b"RIFF", b"OggS", b"fLaC", b"ID3", b"\x00\x00\x00\x18ftyp", b"\x1aE\xdf\xa3", b"\xff\xfb"]),
    rest=st.binary(max_size=400),
)
def test_damaged_files_give_a_typed_error_or_sound(tmp_path: Path, head: bytes, rest: bytes) -> None:
    (tmp_path / "clip").write_bytes(head + rest)
    with suppress(BadAudio):
        assert read_recording(tmp_path / "clip", 5).size > 0
