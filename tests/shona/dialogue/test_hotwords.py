"""The core list and how lists are merged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.dialogue.backchannels import transcript_words
from inzwa.shona.dialogue.hotwords import core_hotwords, merge_hotwords

WORDS = st.lists(st.sampled_from(["Harare", "harare", " ZiG ", "", "bhazi", "Bhazi", "ehe"]))


def test_the_core_is_about_as_much_as_a_prompt_can_hold():
    assert 50 <= len(core_hotwords()) <= 65


def test_greetings_come_before_names_and_months_last():
    core = core_hotwords()
    assert core.index("mhoroi") < core.index("Chitungwiza") < core.index("EcoCash") < core.index("Zvita")


@pytest.mark.parametrize("word", core_hotwords())
def test_each_is_one_word_without_a_mark(word):
    assert transcript_words(word) == [word.casefold()]


def test_the_first_list_comes_first_and_its_spelling_stays():
    assert merge_hotwords(["HARARE", " Moyo "], ["Harare", "ehe"], []) == ("HARARE", "Moyo", "ehe")


@given(WORDS, WORDS)
def test_no_word_comes_twice_and_none_is_lost(one, other):
    words = merge_hotwords(one, other)
    folded = [word.casefold() for word in words]
    assert len(set(folded)) == len(folded)
    assert set(folded) == {word.strip().casefold() for word in one + other} - {""}
