"""Inzwa's own lines are there in both languages."""

import tomllib
from importlib.resources import files

import pytest

from inzwa.shona.dialogue.assistant import line

LINES = tomllib.loads((files("inzwa.shona.dialogue") / "assistant.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", LINES)
def test_every_line_is_there_in_shona_and_in_english(key):
    assert line(key, "sn") == LINES[key]["sn"] != line(key, "en") == LINES[key]["en"]


def test_every_other_language_is_answered_in_english():
    assert line("greeting", "sw") == line("greeting", "en")


def test_a_key_without_a_line_raises_key_error():
    with pytest.raises(KeyError):
        line("farewell", "sn")
