"""Encoded silence is made once, found again, and made anew where the file is not what it should be."""

from pathlib import Path

import numpy as np
import pytest

from inzwa.engines.asr.network import WINDOW_STATES, silent_sound
from inzwa.engines.asr.silent_window import MOST_KEPT, silent_window

WIDTH = 4
STATES = np.arange(WINDOW_STATES * WIDTH, dtype=np.float32).reshape(WINDOW_STATES, WIDTH)


class Encoder:
    def __init__(self) -> None:
        self.heard: list[np.ndarray] = []

    def __call__(self, sound):
        self.heard.append(sound)
        return STATES


def window(encoder: Encoder, folder: Path, graph: bytes = b"graph"):
    found = silent_window(encoder, graph, WIDTH, folder)
    assert np.array_equal(found, STATES)
    return found


def test_it_is_encoded_once(tmp_path):
    encoder = Encoder()
    window(encoder, tmp_path / "new")
    window(encoder, tmp_path / "new")
    assert [sound.tobytes() for sound in encoder.heard] == [silent_sound().tobytes()]
    assert [file.suffix for file in (tmp_path / "new").iterdir()] == [".f32"]


def test_another_graph_has_its_own(tmp_path):
    encoder = Encoder()
    window(encoder, tmp_path, b"one")
    window(encoder, tmp_path, b"two")
    assert len(encoder.heard) == len(list(tmp_path.iterdir())) == 2


def test_those_written_last_are_kept(tmp_path):
    encoder = Encoder()
    for number in range(MOST_KEPT + 2):
        window(encoder, tmp_path, bytes([number]))
    assert len(list(tmp_path.iterdir())) == MOST_KEPT
    window(encoder, tmp_path, bytes([MOST_KEPT + 1]))
    assert len(encoder.heard) == MOST_KEPT + 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 7,
        STATES[:10].tobytes(),
        STATES.astype(np.float64).tobytes(),
        np.full_like(STATES, np.nan).tobytes(),
    ],
    ids=["empty", "cut off", "too short", "float64", "no numbers"],
)
def test_what_is_not_right_is_made_anew(tmp_path, content):
    encoder = Encoder()
    window(encoder, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    window(encoder, tmp_path)
    window(encoder, tmp_path)
    assert len(encoder.heard) == 2


def test_where_nothing_can_be_written_it_is_encoded_each_time(tmp_path, caplog):
    encoder = Encoder()
    (tmp_path / "file").write_text("")
    window(encoder, tmp_path / "file" / "folder")
    window(encoder, tmp_path / "file" / "folder")
    assert len(encoder.heard) == 2
    assert "cannot be cached" in caplog.text
