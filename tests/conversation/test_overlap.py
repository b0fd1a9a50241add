"""Interruptions, backchannels, echoes and noise told apart by their words."""

import pytest

from inzwa.conversation.overlap import OverlapKind, classify_overlap

SAYING = "Ndine urombo, handigoni kubatsira. The rain will come tomorrow in the mountains."


@pytest.mark.parametrize(
    "heard", ["ehe", "Ehe, ehe.", "hongu", "aiwa", "zvakanaka", "Hm.", "Mmm", "uh-huh", "Yeah.", "Okay, right."]
)
def test_a_backchannel_lets_the_reply_go_on(heard):
    assert classify_overlap(heard, SAYING) is OverlapKind.BACKCHANNEL


@pytest.mark.parametrize("heard", ["", "...", " ", "123"])
def test_no_words_are_noise(heard):
    assert classify_overlap(heard, SAYING) is OverlapKind.NOISE


@pytest.mark.parametrize(
    "heard",
    ["The rain will come tomorrow", "handigoni kubatsira", "the rain wheel come to morrow", "Urombo handigoni kubat"],
)
def test_the_replys_own_words_are_an_echo(heard):
    assert classify_overlap(heard, SAYING) is OverlapKind.ECHO


@pytest.mark.parametrize(
    "heard",
    [
        "Mira",
        "stop",
        "Wait, what about Harare?",
        "Ndinoda kubvunza",
        "ehe asi ndinoda kubvunza chimwe chinhu",
        "no no no no",
    ],
)
def test_something_to_say_interrupts(heard):
    assert classify_overlap(heard, SAYING) is OverlapKind.INTERRUPTION


def test_nothing_is_an_echo_of_silence():
    assert classify_overlap("Mangwanani", "") is OverlapKind.INTERRUPTION
