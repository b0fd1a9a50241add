"""What was heard is a beginning of what was said, and it only grows while the clock runs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.conversation.playout_clock import SECONDS_A_CHARACTER, PlayoutClock

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
    playback, now_s = PlayoutClock(), start_s
    for text, chunks, wait_s in phrases:
        now_s += wait_s
        playback.begin(text)
        for seconds in chunks:
            playback.sent(seconds, now_s)
        playback.finish()
    return playback, now_s


def test_nothing_is_heard_before_anything_is_sent():
    playback = PlayoutClock()
    assert (playback.heard(100), playback.playing(100)) == ("", False)
    playback.begin("mhoro")
    assert (playback.heard(200), playback.playing(200)) == ("", False)


def test_half_a_phrase_is_half_its_words():
    playback, _ = sent(("rimwe piri tatu ina", [2.0], 0))
    assert [playback.heard(100 + s) for s in (0, 1, 2, 9)] == [
        "",
        "rimwe piri",
        "rimwe piri tatu ina",
        "rimwe piri tatu ina",
    ]


def test_a_phrase_waits_for_the_one_before_it():
    playback, _ = sent(("rimwe piri", [2.0], 0), ("tatu ina", [2.0], 0))
    assert playback.heard(101.9) == "rimwe piri"
    assert playback.heard(103) == "rimwe piri tatu"
    assert playback.end_s == 104


def test_a_phrase_that_comes_late_starts_when_it_comes():
    playback, _ = sent(("rimwe", [1.0], 0), ("piri", [1.0], 5))
    assert [playback.heard(s) for s in (103, 105)] == ["rimwe", "rimwe"]
    assert (playback.heard(106), playback.end_s) == ("rimwe piri", 106)


def test_the_first_chunk_of_a_long_phrase_is_not_the_whole_of_it():
    playback = PlayoutClock()
    text = "rimwe piri tatu ina shanu tanhatu nomwe sere pfumbamwe gumi"
    playback.begin(text)
    playback.sent(0.5, 100)
    assert playback.heard(200) == "rimwe"
    playback.sent(len(text) * SECONDS_A_CHARACTER - 0.5, 100)
    assert playback.heard(200) == text


def test_a_phrase_that_was_spoken_fast_is_whole_when_the_voice_says_so():
    playback, _ = sent(("rimwe piri tatu ina", [0.2], 0))
    assert playback.heard(100.2) == "rimwe piri tatu ina"


def test_a_phrase_without_sound_is_not_heard():
    playback, _ = sent(("rimwe", [1.0], 0), ("...", [], 0), ("piri", [1.0], 0))
    assert playback.heard(200) == "rimwe piri"


def test_it_plays_until_the_last_sound_is_over():
    playback, _ = sent(("rimwe", [0.5, 0.5], 0))
    assert [playback.playing(s) for s in (100, 100.9, 101)] == [True, True, False]


@given(PHRASES, st.lists(st.floats(90, 140), min_size=2, max_size=10))
def test_what_was_heard_only_grows(phrases, times):
    playback, _ = sent(*phrases)
    heard = [playback.heard(now_s) for now_s in sorted(times)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(heard))


@given(PHRASES)
def test_at_the_end_every_phrase_with_sound_has_been_heard(phrases):
    playback, now_s = sent(*phrases)
    assert not playback.playing(playback.end_s)
    sounded = [text for text, chunks, _ in phrases if sum(chunks) > 0]
    assert playback.heard(max(now_s, playback.end_s) + 0.001) == " ".join(sounded)


@given(PHRASES)
def test_the_sound_lasts_at_least_as_long_as_what_was_sent(phrases):
    playback, now_s = sent(*phrases)
    total = sum(sum(chunks) for _, chunks, _ in phrases)
    assert playback.end_s == pytest.approx(0) or playback.end_s >= 100 + total - 1e-6
    assert playback.end_s <= now_s + total + 1e-6


def test_what_is_held_is_not_heard_and_comes_later_when_it_goes_on():
    playback = PlayoutClock()
    playback.begin("poshi piri tatu ina")
    playback.sent(4.0, 10.0)
    playback.finish()
    playback.hold(11.0)
    assert playback.heard(100.0) == "poshi"
    assert playback.playing(100.0)
    playback.resume(100.0)
    assert playback.heard(101.0) == "poshi piri"
    assert playback.playing(102.9)
    assert not playback.playing(103.1)


def test_holding_what_has_been_played_changes_nothing():
    playback = PlayoutClock()
    playback.begin("poshi")
    playback.sent(1.0, 10.0)
    playback.finish()
    playback.hold(20.0)
    playback.resume(30.0)
    assert not playback.playing(30.0)
    assert playback.heard(30.0) == "poshi"
