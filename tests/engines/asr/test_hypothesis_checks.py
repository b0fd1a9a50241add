"""Loops, copies and silence against what people say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.engines.asr.hypothesis_checks import (
    Hypothesis,
    believed,
    is_echo,
    is_loop,
    is_repeated,
    is_silence,
    without_copies,
)


def hypothesis(text, confidence=-0.1, no_speech=0.05, **rest):
    return Hypothesis(text, confidence, no_speech, **rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mangwanani, makadii henyu?",
        "Yes, please.",
        "No, no, no, no, I said tomorrow.",
        "One two three, one two four.",
        "Zvishoma nezvishoma",
        "Kuti ku",
        "The train to the city leaves at nine in the morning.",
    ],
)
def test_what_people_say_is_not_repeated(text):
    assert not is_repeated(hypothesis(text))
    assert without_copies(hypothesis(text)).text == text


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Yes. Yes.", "Yes."),
        ("Good morning. Good morning.", "Good morning."),
        ("Mhoro shamwari! Mhoro, shamwari!", "Mhoro shamwari!"),
        ("Kwete, kwete, kwete.", "Kwete"),
        ("No, no, no, no.", "No"),
        ("The train leaves at nine. The train leaves at nine.", "The train leaves at nine."),
        ("the train leaves at nine the train leaves at nine the tr", "the train leaves at nine"),
        ("Hello. Good morning. Good morning. Good morning.", "Hello. Good morning."),
        ("kai kai kai kai kai kai", "kai"),
        ("I said kai kai kai kai kai kai", "I said kai"),
        ("and so my fellow Americans And so, my fellow Americans", "and so my fellow Americans"),
    ],
)
def test_a_repeated_phrase_is_found_and_its_copies_can_be_left_out(text, once):
    assert is_repeated(hypothesis(text))
    assert without_copies(hypothesis(text)).text == once


def test_text_that_deflates_too_well_is_a_loop():
    assert is_loop(hypothesis("kuha" + "rara" * 20))


def test_a_hypothesis_that_met_its_limit_is_a_loop():
    assert is_loop(hypothesis("Mvura iri", unfinished=True))


@pytest.mark.parametrize(
    ("text", "confidence", "no_speech", "silent"),
    [
        ("", -0.1, 0.0, True),
        ("...", -0.1, 0.0, True),
        ("you", -1.4, 0.8, True),
        ("Thank you.", -0.1, 0.8, False),
        ("Chikoro chinotanga", -0.64, 0.67, False),
        ("mhoro", -1.4, 0.3, False),
    ],
)
def test_words_are_silence_only_if_both_figures_say_so(text, confidence, no_speech, silent):
    assert is_silence(hypothesis(text, confidence, no_speech)) is silent


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        # what whisper-base made of sound, first in a short window, then in the whole one
        (("Yes. Yes.", -0.57, 0.66), ("Yes.", -0.54, 0.75), "Yes."),
        (("Can you help me? Can you help me?", -0.15, 0.27), ("Can you help me?", -0.12, 0.36), "Can you help me?"),
        (("Stop! Stop! Stop! Stop! St", -0.21, 0.39, True), ("Stop.", -0.64, 0.60), "Stop."),
        (("Water Water", -0.57, 0.44), ("Wada.", -1.20, 0.55), "Water"),
        (("Buede, Buede, Buede, Bue", -0.36, 0.13, True), ("Goebe. Goebe. Goe", -0.2, 0.40, True), "Buede"),
        (("123 123", -0.59, 0.65), ("1, 2, 3.", -0.33, 0.62), "1, 2, 3."),
        (("What time is it? What time is it?", -0.16, 0.39), ("― ― ― ― ―", -1.12, 0.13), "What time is it?"),
    ],
)
def test_a_phrase_that_the_short_window_repeats_is_believed_once(first, second, text):
    assert believed(Hypothesis(*first), Hypothesis(*second)).text == text


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        (
            ("Thank you, thank you. Thank you, thank you.", -0.2),
            ("Thank you, thank you.", -0.2),
            "Thank you, thank you.",
        ),
        (("No, no, no.", -0.60), ("Yoh, yoh, yoh.", -0.78), "No, no, no."),
        (("Kwete, kwete, kwete.", -0.6), ("Kwete, kwete.", -0.8), "Kwete, kwete."),
        (("Gweri, Gweri, Gweri,", -0.78), ("Kuei di, kuei di.", -0.84), "Gweri, Gweri"),
        (
            ("Good day to you. Good day to you.", -0.1),
            ("Good day to you. Good day to you.", -0.2),
            "Good day to you. " * 2,
        ),
    ],
)
def test_a_phrase_that_the_whole_window_repeats_too_is_believed_as_often_as_it_has_it(first, second, text):
    assert believed(hypothesis(*first), hypothesis(*second)).text == text.strip()


def test_a_loop_in_noise_is_silence_where_the_whole_window_has_no_words():
    loop = hypothesis("Hoh, hoh, hoh, hoh", -0.7, 0.9, unfinished=True)
    assert is_silence(believed(loop, hypothesis("you", -1.3, 0.9)))


def test_a_loop_within_a_word_gives_way_to_the_second():
    assert believed(hypothesis("H-" + "h-" * 20, -0.5, 0.48), hypothesis("", -1.5, 0.7)).text == ""


def test_words_that_both_windows_have_are_no_silence():
    assert not is_silence(believed(hypothesis("123 123", -0.59, 0.65), hypothesis("123", -1.1, 0.7)))


def test_where_both_loop_the_first_is_believed_once():
    first, second = hypothesis("we plant beans " * 12, -0.2), hypothesis("we plant greens " * 12, -0.1)
    assert believed(first, second).text == "we plant beans"


@pytest.mark.parametrize(
    ("second", "text"),
    [(("mhoroi", -0.7), "mhoroi"), (("mhoroi", -1.6), "mhoro"), (("na na na na na na", -0.1), "mhoro")],
)
def test_of_an_unsure_one_and_a_second_the_surer_is_believed_if_it_repeats_nothing(second, text):
    assert believed(hypothesis("mhoro", -1.5), hypothesis(*second)).text == text


@given(st.text(alphabet="ab c", max_size=60), st.floats(-3, 0))
def test_what_is_left_without_copies_is_a_beginning_of_the_words(text, confidence):
    once = without_copies(hypothesis(text, confidence)).text.split()
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
def test_an_echo_holds_nothing_but_hotwords(text, echo):
    assert is_echo(hypothesis(text), ("Marondera", "Chinhoyi", "Gweru", "Great Zimbabwe")) is echo


def test_without_hotwords_there_is_no_echo():
    assert not is_echo(hypothesis("gweru"), ())
