"""What was heard is a beginning of what was said, and it only grows while the clock runs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.conversation.output.playout_clock import SECONDS_A_CHARACTER, PlayoutClock

PHRASES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["mhoro", "shamwari", "makadii"]), min_size=1, max_size=6).map(" ".join),
        st.lists(st.floats(0, 3), max_size=5),
        st.floats(0, 4),
    ),
    max_size=5,
)
"""Text, the seconds of its chunks, and how long the sender waits before it."""


def sent(*phrases, start_s=100.0):
    """A reply whose phrases were sent so, the last one whole too, and when the last was sent."""
    clock, now_s = PlayoutClock(), start_s
    for text, chunks, wait_s in phrases:
        now_s += wait_s
        clock.begin(text)
        for seconds in chunks:
            clock.sent(seconds, now_s)
        clock.finish()
    return clock, now_s


def test_nothing_is_heard_before_anything_is_sent():
    clock = PlayoutClock()
    assert (clock.heard(100), clock.playing(100)) == ("", False)
    clock.begin("mhoro")
    assert (clock.heard(200), clock.playing(200)) == ("", False)


def test_half_a_phrase_is_half_its_words():
    clock, _ = sent(("rimwe piri tatu ina", [2.0], 0))
    assert [clock.heard(100 + s) for s in (0, 1, 2, 9)] == [
        "",
        "rimwe piri",
        "rimwe piri tatu ina",
        "rimwe piri tatu ina",
    ]


def test_a_phrase_waits_for_the_one_before_it():
    clock, _ = sent(("rimwe piri", [2.0], 0), ("tatu ina", [2.0], 0))
    assert clock.heard(101.9) == "rimwe piri"
    assert clock.heard(103) == "rimwe piri tatu"
    assert clock.end_s == 104


def test_a_phrase_that_comes_late_starts_when_it_comes():
    clock, _ = sent(("rimwe", [1.0], 0), ("piri", [1.0], 5))
    assert [clock.heard(s) for s in (103, 105)] == ["rimwe", "rimwe"]
    assert (clock.heard(106), clock.end_s) == ("rimwe piri", 106)


def test_the_first_chunk_of_a_long_phrase_is_not_the_whole_of_it():
    clock = PlayoutClock()
    text = "rimwe piri tatu ina shanu tanhatu nomwe sere pfumbamwe gumi"
    clock.begin(text)
    clock.sent(0.5, 100)
    assert clock.heard(200) == "rimwe"
    clock.sent(len(text) * SECONDS_A_CHARACTER - 0.5, 100)
    assert clock.heard(200) == text


def test_a_phrase_that_was_spoken_fast_is_whole_when_the_voice_says_so():
    clock, _ = sent(("rimwe piri tatu ina", [0.2], 0))
    assert clock.heard(100.2) == "rimwe piri tatu ina"


def test_a_phrase_without_sound_is_not_heard():
    clock, _ = sent(("rimwe", [1.0], 0), ("...", [], 0), ("piri", [1.0], 0))
    assert clock.heard(200) == "rimwe piri"


def test_it_plays_until_the_last_sound_is_over():
    clock, _ = sent(("rimwe", [0.5, 0.5], 0))
    assert [clock.playing(s) for s in (100, 100.9, 101)] == [True, True, False]


@given(PHRASES, st.lists(st.floats(90, 140), min_size=2, max_size=10))
def test_what_was_heard_only_grows(phrases, times):
    clock, _ = sent(*phrases)
    heard = [clock.heard(now_s) for now_s in sorted(times)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(heard))


@given(PHRASES)
def test_at_the_end_every_phrase_with_sound_has_been_heard(phrases):
    clock, now_s = sent(*phrases)
    assert not clock.playing(clock.end_s)
    sounded = [text for text, chunks, _ in phrases if sum(chunks) > 0]
    assert clock.heard(max(now_s, clock.end_s) + 0.001) == " ".join(sounded)


@given(PHRASES)
def test_the_sound_lasts_at_least_as_long_as_what_was_sent(phrases):
    clock, now_s = sent(*phrases)
    total = sum(sum(chunks) for _, chunks, _ in phrases)
    assert clock.end_s == pytest.approx(0) or clock.end_s >= 100 + total - 1e-6
    assert clock.end_s <= now_s + total + 1e-6


def test_what_is_held_is_not_heard_and_comes_later_when_it_goes_on():
    clock = PlayoutClock()
    clock.begin("poshi piri tatu ina")
    clock.sent(4.0, 10.0)
    clock.finish()
    clock.hold(11.0)
    assert clock.heard(100.0) == "poshi"
    assert clock.playing(100.0)
    clock.resume(100.0)
    assert clock.heard(101.0) == "poshi piri"
    assert clock.playing(102.9)
    assert not clock.playing(103.1)


def test_holding_what_has_been_played_changes_nothing():
    clock = PlayoutClock()
    clock.begin("poshi")
    clock.sent(1.0, 10.0)
    clock.finish()
    clock.hold(20.0)
    clock.resume(30.0)
    assert not clock.playing(30.0)
    assert clock.heard(30.0) == "poshi"
