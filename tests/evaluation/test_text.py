"""A text through the normaliser and the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.evaluation.text import is_unsaid, measure_text


def test_words_changes_and_what_is_not_said_are_counted():
    read = measure_text(["Ndine $25.", "Mhoro 日本!", "Dr Moyo, Dr Moyo", "日"])
    assert (read.lines, read.words, read.changed_lines, read.figures_left, read.silent_lines) == (4, 9, 4, 0, 1)
    assert read.unsaid == {"日": 2, "本": 1}
    assert read.changes["Dr", "Dhokota"] == 2
    assert ("$25", "madhora makumi maviri nemashanu") in read.changes


def test_times_are_those_of_the_clock():
    ticks = iter([0.0, 1.0, 3.0, 10.0, 11.0, 13.0])
    read = measure_text(["mhoro", "ehe"], clock=lambda: next(ticks))
    assert (read.normalising_s, read.reading_s) == (2.0, 4.0)


@pytest.mark.parametrize("character", "日яعא😀�")
def test_other_scripts_and_pictures_are_not_said(character):
    assert is_unsaid(character)


@pytest.mark.parametrize("character", "aQ7é’ʼ€٣½ﬁ\n\u202e")
def test_what_is_said_and_what_was_never_meant_to_be_are_not_missed(character):
    assert not is_unsaid(character)


@given(st.lists(st.text()))
def test_every_text_can_be_read(lines):
    read = measure_text(lines)
    assert read.lines == len(lines)
    assert read.figures_left == 0
