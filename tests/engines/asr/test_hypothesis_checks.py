"""Loops, silence and doubt are told from what people say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.engines.asr.hypothesis_checks import (
    Hypothesis,
    best,
    is_echo,
    is_flawed,
    is_loop,
    is_repeated,
    is_silence,
    told_once,
)


def guess(text, confidence=-0.1, no_speech=0.05, **rest):
    return Hypothesis(text, confidence, no_speech, **rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mangwanani, makadii henyu?",
        "Kwete, kwete, kwete.",
        "No, no, no, no.",
        "One two three, one two four.",
        "Zvishoma nezvishoma zvishoma nezvishoma",
        "The train to the city leaves at nine in the morning.",
    ],
)
def test_what_people_say_is_no_flaw(text):
    assert not is_flawed(guess(text))


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("The train leaves at nine. The train leaves at nine.", "The train leaves at nine."),
        ("the train leaves at nine the train leaves at nine the tr", "the train leaves at nine"),
        ("Hello. Good morning. Good morning. Good morning.", "Hello. Good morning."),
        ("kai kai kai kai kai kai", "kai"),
        ("and so my fellow Americans And so, my fellow Americans", "and so my fellow Americans"),
    ],
)
def test_a_repeated_phrase_is_doubted_and_can_be_told_once(text, once):
    assert is_repeated(guess(text))
    assert is_flawed(guess(text))
    assert told_once(guess(text)).text == once


@pytest.mark.parametrize("text", ["Good morning. Good morning.", "Mhoro shamwari! Mhoro, shamwari!"])
def test_one_short_sentence_told_twice_is_looked_at_again(text):
    assert is_repeated(guess(text))
    assert not is_loop(guess(text))
    assert told_once(guess(text)).text == text


def test_text_that_deflates_too_well_is_a_loop():
    assert is_loop(guess("kuha" + "rara" * 20))


def test_a_guess_that_met_its_limit_is_a_loop():
    assert is_loop(guess("Mvura iri", unfinished=True))


def test_an_unsure_guess_is_doubted():
    assert is_flawed(guess("Mvura iri", confidence=-1.5))
    assert not is_loop(guess("Mvura iri", confidence=-1.5))


@pytest.mark.parametrize(
    ("text", "confidence", "no_speech", "silent"),
    [
        ("", -0.1, 0.0, True),
        ("you", -1.4, 0.8, True),
        ("Thank you.", -0.1, 0.8, False),
        ("Chikoro chinotanga", -0.64, 0.67, False),
        ("mhoro", -1.4, 0.3, False),
    ],
)
def test_silence_needs_both_doubts(text, confidence, no_speech, silent):
    assert is_silence(guess(text, confidence, no_speech)) is silent


def test_the_best_is_the_surest_that_is_no_loop():
    loop = guess("na na na na na na na na na na na na na na na na na na na na", confidence=-0.01)
    assert best([loop, guess("mhoro", -0.9), guess("mhoroi", -0.7)]).text == "mhoroi"


def test_a_repeat_gives_way_to_a_less_sure_reading_without():
    assert (
        best([guess("Good day to you. Good day to you.", -0.1), guess("Good day to you.", -0.3)]).text.count("day") == 1
    )


def test_a_repeat_that_every_reading_has_is_believed():
    twice = "Good day to you. Good day to you."
    assert best([guess(twice, -0.1), guess(twice, -0.2)]).text == twice


def test_where_all_loop_the_surest_is_told_once():
    loops = [guess("we plant beans " * 12, -0.2), guess("we plant greens " * 12, -0.1)]
    assert best(loops).text == "we plant greens"


@given(st.text(alphabet="ab c", max_size=60), st.floats(-3, 0))
def test_telling_once_keeps_a_beginning_of_the_words(text, confidence):
    once = told_once(guess(text, confidence)).text.split()
    assert once == text.split()[: len(once)]


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("Marondera, Chinhoyi, gweru.", True),
        ("great zimbabwe", True),
        ("", True),
        ("Ndiri kuGweru", False),
        ("Gweru nhasi", False),
    ],
)
def test_an_echo_holds_nothing_but_what_was_expected(text, echo):
    assert is_echo(guess(text), ("Marondera", "Chinhoyi", "Gweru", "Great Zimbabwe")) is echo


def test_who_expected_nothing_hears_no_echo():
    assert not is_echo(guess("gweru"), ())
