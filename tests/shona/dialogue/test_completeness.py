"""How complete the words so far are: each cue moves the figure its own way, and any text has one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.dialogue.completeness import CLOSING, COMPLETE, DANGLING, FILLERS, UNKNOWN, completeness


@pytest.mark.parametrize("text", ["", "   ", "\n", "...", "123"])
def test_no_words_are_unknown(text):
    assert completeness(text) == UNKNOWN


@given(st.text())
def test_any_text_has_a_completeness_between_nothing_and_all(text):
    assert 0 <= completeness(text) <= 1


@pytest.mark.parametrize("word", sorted(DANGLING | FILLERS))
def test_a_dangling_word_or_a_filler_promises_more_whatever_the_recogniser_put_after_it(word):
    for end in ("", ".", ",", "...", "?"):
        assert completeness(f"Ndinoda mvura {word.capitalize()}{end}") < 0.25


@pytest.mark.parametrize("word", sorted(COMPLETE - DANGLING - FILLERS))
def test_an_answer_or_a_greeting_alone_is_complete(word):
    assert completeness(word) > 0.7
    assert completeness(f"{word.capitalize()}.") > 0.7


@pytest.mark.parametrize("word", sorted(CLOSING - DANGLING))
def test_a_question_word_or_a_time_at_the_end_closes_it(word):
    assert completeness(f"Bhazi rinosvika {word}") > completeness("Bhazi rinosvika Mutare")


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("Ndinoda kutenga chingwa,", "Ndinoda kutenga chingwa"),
        ("Ndinoda kutenga chingwa...", "Ndinoda kutenga chingwa,"),
        ("Ndinoda kutenga chingwa", "Ndinoda kutenga chingwa."),
        ("Ndinoda kutenga chingwa.", "Ndinoda kutenga chingwa?"),
        ("Shamwari yangu", "Shamwari yangu yakadii"),
        ("Kana mvura ikanaya", "Mvura yakanaya nezuro"),
        ("Nhamba yangu ndi zero nomwe", "Nhamba yangu iri mubhuku"),
        ("Chingwa nemukaka chete", "Ndatenga chingwa nemukaka"),
        ("If it rains tomorrow", "It will rain tomorrow"),
    ],
)
def test_what_lacks_more_is_less_complete(less, more):
    assert completeness(less) < completeness(more)


@pytest.mark.parametrize("text", ["Ndokumbirawo munditsanangurirenekuti", "ndanga ndichitya zvekuti", "Tauraikusvika"])
def test_a_connective_is_known_in_a_word_that_swallowed_it(text):
    assert completeness(text) < 0.25


def test_a_mark_after_one_word_says_nothing():
    assert completeness("Mombe.") == completeness("Mombe")


def test_only_the_end_counts():
    assert completeness("Uye asi nekuti mvura yakanaya nezuro manheru.") > 0.7
