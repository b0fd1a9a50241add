"""Sound files of the commands: what phones record can be read, what is no sound is named."""

from pathlib import Path

import numpy as np
import pytest

from inzwa.cli.sound_files import read_sound, write_sound
from inzwa.errors import BadAudio
from tests.audio.encoding import encoded


@pytest.mark.parametrize(
    ("codec", "container", "name"),
    [("aac", "ipod", "a.m4a"), ("aac", "adts", "a.aac"), ("libopus", "webm", "a.webm"), ("aac", "3gp", "a.3gp")],
)
def test_what_phones_record_is_read(tmp_path: Path, codec: str, container: str, name: str) -> None:
    assert abs(read_sound(encoded(tmp_path / name, codec, container)).size - 16_000) < 1_600


def test_a_recording_of_any_length_is_read(tmp_path: Path) -> None:
    write_sound(tmp_path / "long.wav", np.zeros(16_000 * 120, dtype=np.float32), 16_000)
    assert read_sound(tmp_path / "long.wav").size == 16_000 * 120


@pytest.mark.parametrize("name", ["none.wav", "."])
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadAudio, match="cannot be read as sound"):
        read_sound(tmp_path / name)


@pytest.mark.parametrize("name", ["a.xyz", "none/a.wav"])
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadAudio, match="cannot be written"):
        write_sound(tmp_path / name, np.zeros(10, dtype=np.float32), 16_000)
