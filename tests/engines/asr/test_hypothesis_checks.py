"""Loops and silence, and which of several hypotheses is believed."""

import pytest

from inzwa.engines.asr.hypothesis_checks import (
    Hypothesis,
    best,
    is_clear,
    is_echo,
    is_loop,
    is_repeated,
    is_silence,
    score,
)
from inzwa.engines.asr.syllables import SpokenLength


def hypothesis(text, confidence=-0.1, no_speech=0.05, **rest):
    return Hypothesis(text, confidence, no_speech, **rest)


def length(syllables):
    return SpokenLength(syllables, 200 * syllables)


def english(text, confidence=-0.1, no_speech=0.05):
    return hypothesis(text, confidence, no_speech, language="en")


@pytest.mark.parametrize("text", ["", "Yes, please.", "No, no, no, no, I said tomorrow.", "Zvishoma nezvishoma"])
def test_what_people_say_is_not_repeated(text):
    assert not is_repeated(hypothesis(text))


@pytest.mark.parametrize(
    "text",
    [
        "Yes. Yes.",
        "Mhoro shamwari! Mhoro, shamwari!",
        "the train leaves at nine the train leaves at nine the tr",
        "I said kai kai kai kai kai kai",
    ],
)
def test_a_repeated_phrase_is_found(text):
    assert is_repeated(hypothesis(text))


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
    ("text", "confidence", "syllables", "clear"),
    [
        ("Mvura iri", -0.3, 4, True),
        ("Mvura iri", -0.9, 4, False),
        ("", -0.1, 4, False),
        ("Gweru, Mutare, Bulawayo", -0.3, 2, False),
        ("Mvura", -0.3, 9, False),
    ],
)
def test_a_clear_hypothesis_is_sure_and_as_long_as_its_sound(text, confidence, syllables, clear):
    assert is_clear(hypothesis(text, confidence), length(syllables)) is clear


def test_a_syllable_more_or_less_costs_nothing_and_a_loop_something():
    assert score(hypothesis("Mvura iri"), length(4)) == score(hypothesis("Mvura iri"), length(5)) == -0.1
    assert score(hypothesis("Mvura iri", unfinished=True), length(4)) < -0.5


@pytest.mark.parametrize(
    ("first", "rest", "syllables", "believed"),
    [
        # what whisper-base made of sound in a Shona session: with the core hotwords, without them, and as English
        (("Hau ma, chilit.", -0.75), [("Hau ma chilit", -1.03)], 4, "Hau ma, chilit."),
        (("Makadii", -0.85), [("Makadi", -0.75, 0.8)], 4, "Makadi"),
        (("Stah,", -1.78), [("Stop", -0.85)], 1, "Stop"),
        (("Gweru, Mutare, Bulawayo,", -0.56), [("dva", -0.9)], 2, "dva"),
        (("Thank you for watching.", -1.13, 0.8), [("Zvakanaka", -1.25, 0.5)], 4, "Zvakanaka"),
    ],
)
def test_of_two_in_one_language_the_surer_that_is_as_long_as_the_sound_is_believed(first, rest, syllables, believed):
    assert best([hypothesis(*each) for each in (first, *rest)], length(syllables)).text == believed


@pytest.mark.parametrize(
    ("own", "said", "syllables", "believed"),
    [
        (("Hau ma chilit", -1.03), ("How much is it?", -0.30), 4, "How much is it?"),
        (("Mainebisjang", -1.56), ("My name is John.", -0.27), 4, "My name is John."),
        (("", -0.1, 0.9), ("Can you help me?", -0.14), 4, "Can you help me?"),
        (("Rihali.", -0.95), ("Nearly.", -0.93), 3, "Rihali."),
        (("Waiting.", -0.93), ("Wait.", -0.89), 2, "Waiting."),
        (("Chipo", -1.34), ("Thank you for watching.", -0.65, 0.8), 2, "Chipo"),
    ],
)
def test_english_is_believed_in_a_session_of_another_language_only_where_it_is_clear(own, said, syllables, believed):
    assert best([hypothesis(*own), english(*said)], length(syllables)).text == believed


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
