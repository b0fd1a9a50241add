"""Whether the last words suggest that the speaker has finished."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.dialogue.turn_cues import MIN_WORDS_FINISHED, SUGGESTS_MORE, turn_cue


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_no_words_give_no_cue(text):
    assert turn_cue(text) == ""


@pytest.mark.parametrize("word", sorted(SUGGESTS_MORE))
def test_a_conjunction_or_a_filler_suggests_more_whatever_the_recogniser_put_after_it(word):
    for end in ("", ".", ",", "...", "?"):
        assert turn_cue(f"Ndinoda mvura {word.capitalize()}{end}") == "hesitating"


@pytest.mark.parametrize("text", ["mvura,", "mvura...", "mvura…", "ndi-"])
def test_a_mark_of_suspense_suggests_more(text):
    assert turn_cue(text) == "hesitating"


@pytest.mark.parametrize("mark", [".", "?", "!"])
def test_a_sentence_mark_after_enough_words_is_an_end(mark):
    assert turn_cue(f"Makadii henyu nhasi{mark}") == "finished"


@pytest.mark.parametrize("text", ["Ehe.", "Zvakanaka chaizvo.", "Makadii henyu nhasi"])
def test_too_few_words_or_no_mark_give_no_cue(text):
    assert turn_cue(text) == ""


@given(st.text())
def test_any_text_has_one_of_three_cues(text):
    assert turn_cue(text) in ("", "finished", "hesitating")


@given(st.lists(st.sampled_from(["mvura", "zuva"]), min_size=MIN_WORDS_FINISHED).map(" ".join))
def test_only_the_end_of_the_text_matters(text):
    assert turn_cue(f"uye, asi. {text}.") == "finished"
