"""For any sequence of probabilities the edges are consistent and in order of time."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.conversation.input.endpointing import (
    Endpointer,
    EndpointOptions,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    State,
)

FRAME_MS = 20
OPTIONS = EndpointOptions(onset_ms=60, pause_ms=200, silence_ms=700, pad_ms=100, max_ms=8_000)

SPELLS = st.lists(st.tuples(st.sampled_from([0.0, 0.4, 0.6, 1.0]), st.integers(1, 60)), max_size=25)
"""Stretches of one probability, in frames."""

FOLLOWS = {
    None: (SpeechStarted,),
    SpeechStarted: (SpeechPaused, SpeechEnded),
    SpeechPaused: (SpeechResumed, SpeechEnded),
    SpeechResumed: (SpeechPaused, SpeechEnded),
    SpeechEnded: (SpeechStarted,),
}


def heard(endpointer, *spells):
    """The edges of these (probability, milliseconds), in order."""
    frames = [probability for probability, ms in spells for _ in range(ms // FRAME_MS)]
    return [edge for frame in frames if (edge := endpointer.step(frame))]


def endpointer(**options):
    fields = {name: getattr(OPTIONS, name) for name in OPTIONS.__slots__}
    return Endpointer(EndpointOptions(**{**fields, **options}), FRAME_MS)


def kinds(edges):
    return [type(edge).__name__ for edge in edges]


def time_of(edge):
    match edge:
        case SpeechStarted():
            return edge.start_ms
        case SpeechResumed():
            return edge.at_ms
        case _:
            return edge.end_ms


@given(SPELLS)
def test_any_sequence_is_started_paused_and_resumed_and_ended(spells):
    edges = heard(endpointer(), *[(probability, frames * FRAME_MS) for probability, frames in spells])
    for before, edge in pairwise([None, *edges]):
        assert type(edge) in FOLLOWS[before and type(before)]


@given(SPELLS, st.integers(0, 1_000))
def test_times_never_run_backwards(spells, pad_ms):
    ears = endpointer(pad_ms=pad_ms)
    edges = heard(ears, *[(probability, frames * FRAME_MS) for probability, frames in spells])
    cut = [edge for edge in edges if isinstance(edge, SpeechEnded) and edge.reason == "too_long"]
    times = [time_of(edge) for edge in edges if edge not in cut]
    assert times == sorted(times)
    assert all(time <= ears.now_ms for time in times)
    paused = [edge.end_ms for edge in edges if isinstance(edge, SpeechPaused)]
    assert all(edge.end_ms in paused or edge.end_ms - edge.start_ms > OPTIONS.max_ms / 2 for edge in cut)


@given(SPELLS)
def test_an_utterance_keeps_its_beginning_and_its_length_within_the_limit(spells):
    start_ms = None
    for edge in heard(endpointer(max_ms=600), *[(probability, frames * FRAME_MS) for probability, frames in spells]):
        if isinstance(edge, SpeechStarted):
            start_ms = edge.start_ms
        if isinstance(edge, SpeechPaused | SpeechEnded):
            assert edge.start_ms == start_ms
            assert 0 < edge.end_ms - edge.start_ms <= 600


@given(SPELLS, st.data())
def test_finishing_anywhere_ends_what_was_begun_and_nothing_else(spells, data):
    ears, open_utterance = endpointer(), False
    for probability, frames in spells:
        for edge in heard(ears, (probability, frames * FRAME_MS)):
            open_utterance = not isinstance(edge, SpeechEnded)
        if data.draw(st.booleans()):
            onset = ears.state is State.ONSET
            assert (ears.finish() is not None) == (open_utterance or onset)
            assert (ears.state, open_utterance := False) == (State.QUIET, False)


def test_speech_starts_after_the_onset_and_is_dated_back_with_padding():
    assert heard(endpointer(), (0, 400), (1, 60)) == [SpeechStarted(300)]
    assert heard(endpointer(), (0, 400), (1, 40)) == []


def test_the_padding_does_not_reach_before_the_first_sample():
    assert heard(endpointer(), (0, 40), (1, 60)) == [SpeechStarted(0)]


def test_a_click_is_no_speech():
    assert heard(endpointer(), *[(1, 40), (0, 20)] * 50) == []


def test_silence_ends_the_utterance_where_the_last_speech_ended():
    assert heard(endpointer(), (0, 200), (1, 1_000), (0, 800)) == [
        SpeechStarted(100),
        SpeechPaused(100, 1_200),
        SpeechEnded(100, 1_200, "silence"),
    ]


def test_the_end_comes_with_the_last_frame_of_the_hangover_and_not_before():
    ears = endpointer()
    assert kinds(heard(ears, (1, 1_000), (0, 680))) == ["SpeechStarted", "SpeechPaused"]
    assert kinds(heard(ears, (0, 20))) == ["SpeechEnded"]


def test_speech_in_the_pause_resumes_the_same_utterance():
    edges = heard(endpointer(), (1, 1_000), (0, 300), (1, 200), (0, 800))
    assert kinds(edges) == ["SpeechStarted", "SpeechPaused", "SpeechResumed", "SpeechPaused", "SpeechEnded"]
    assert edges[2:] == [SpeechResumed(1_320), SpeechPaused(0, 1_500), SpeechEnded(0, 1_500, "silence")]


def test_while_speaking_a_doubtful_frame_is_still_speech():
    assert kinds(heard(endpointer(), (1, 200), (0.4, 2_000))) == ["SpeechStarted"]
    assert heard(endpointer(), (0.4, 2_000)) == []


def test_a_frame_below_the_release_is_quiet():
    assert kinds(heard(endpointer(), (1, 200), (0.34, 200))) == ["SpeechStarted", "SpeechPaused"]


def test_a_pause_is_broken_by_a_doubtful_frame():
    assert kinds(heard(endpointer(), (1, 200), (0, 300), (0.4, 20)))[-1] == "SpeechResumed"


def test_too_long_an_utterance_is_ended_and_the_rest_of_it_is_discarded():
    ears = endpointer(max_ms=2_000)
    assert heard(ears, (1, 10_000))[1:] == [SpeechEnded(0, 2_000, "too_long")]
    assert ears.state is State.OVERRUN
    assert heard(ears, (0, 680), (1, 500), (0, 680)) == []
    assert heard(ears, (0, 20), (1, 60)) == [SpeechStarted(11_780)]


def test_too_long_an_utterance_is_cut_at_its_last_pause_so_that_no_word_is_broken():
    edges = heard(endpointer(max_ms=2_000), (1, 500), (0, 300), (1, 500), (0, 300), (1, 5_000))
    assert edges[-1] == SpeechEnded(0, 1_300, "too_long")


def test_a_pause_near_the_beginning_does_not_cost_more_than_half_of_too_long_an_utterance():
    edges = heard(endpointer(max_ms=2_000), (1, 500), (0, 300), (1, 5_000))
    assert edges[-1] == SpeechEnded(0, 2_000, "too_long")


def test_the_pause_of_an_earlier_utterance_does_not_cut_a_later_one():
    edges = heard(endpointer(max_ms=2_000), (1, 500), (0, 300), (1, 500), (0, 800), (1, 5_000))
    assert edges[-1].end_ms - edges[-1].start_ms == 2_000


def test_finishing_in_an_overrun_lets_the_next_utterance_begin():
    ears = endpointer(max_ms=2_000)
    heard(ears, (1, 3_000))
    assert ears.finish() is None
    assert heard(ears, (1, 60)) == [SpeechStarted(3_000)]


def test_finishing_ends_at_the_last_speech():
    ears = endpointer()
    heard(ears, (1, 1_000), (0, 100))
    assert ears.finish() == SpeechEnded(0, 1_000, "finished")
    assert ears.finish() is None


def test_finishing_in_the_onset_counts_the_little_that_was_said():
    ears = endpointer()
    assert heard(ears, (0, 200), (1, 40)) == []
    assert ears.finish() == SpeechEnded(100, 240, "finished")


def test_finishing_in_silence_is_nothing():
    ears = endpointer()
    heard(ears, (0, 500))
    assert ears.finish() is None


def test_what_was_finished_is_not_heard_again_in_the_padding_of_what_follows():
    ears = endpointer(pad_ms=300)
    heard(ears, (1, 1_000))
    ears.finish()
    assert heard(ears, (1, 60)) == [SpeechStarted(1_000)]


def test_what_was_discarded_is_not_heard_again_either():
    ears = endpointer(pad_ms=300)
    heard(ears, (1, 1_000), (0, 100))
    ears.reset()
    assert heard(ears, (1, 60)) == [SpeechStarted(1_100)]


def test_time_goes_on_when_the_utterance_is_discarded():
    ears = endpointer()
    heard(ears, (1, 500))
    ears.reset()
    assert (ears.now_ms, ears.speaking, ears.state) == (500, False, State.QUIET)


@pytest.mark.parametrize(
    ("spoken_ms", "hangover_ms"), [(500, 700), (1_500, 700), (3_260, 574), (5_000, 450), (7_000, 450)]
)
def test_the_longer_the_utterance_the_shorter_the_hangover(spoken_ms, hangover_ms):
    ears = endpointer()
    heard(ears, (1, spoken_ms))
    assert ears.hangover_ms() == pytest.approx(hangover_ms, abs=1)


@given(st.integers(60, 7_900), st.integers(100, 5_000), st.integers(100, 5_000))
def test_the_hangover_is_never_longer_than_asked_nor_shorter_than_the_floor(spoken_ms, silence_ms, floor_ms):
    ears = endpointer(silence_ms=silence_ms, silence_floor_ms=floor_ms)
    heard(ears, (1, spoken_ms))
    assert min(floor_ms, silence_ms) <= ears.hangover_ms() <= silence_ms
