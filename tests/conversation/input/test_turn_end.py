"""The share of the usual silence: each cue moves it its own way, and it stays within its bounds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.conversation.input.prosody import Prosody
from inzwa.conversation.input.turn_end import (
    LEAST_BY_LENGTH,
    LONG_MS,
    QUICKEST,
    SHORT_MS,
    SLOWEST,
    PauseCues,
    hangover_share,
)

KNOWN = PauseCues(spoken_ms=2_000, completeness=0.5, prosody=Prosody(fall=1.0, fade=2.0))


def test_a_short_utterance_without_words_gets_the_whole_silence():
    for spoken_ms in (0, 90, SHORT_MS):
        assert hangover_share(PauseCues(spoken_ms=spoken_ms)) == 1


@pytest.mark.parametrize(
    ("spoken_ms", "share"), [(3_250, 0.8215), (LONG_MS, LEAST_BY_LENGTH), (20_000, LEAST_BY_LENGTH)]
)
def test_without_words_the_share_falls_with_the_length_of_speech(spoken_ms, share):
    assert hangover_share(PauseCues(spoken_ms=spoken_ms)) == pytest.approx(share)


def test_prosody_alone_says_nothing_before_the_words_are_known():
    assert hangover_share(replace(KNOWN, completeness=None)) == hangover_share(PauseCues(spoken_ms=2_000))


def test_complete_words_shorten_it_and_incomplete_ones_lengthen_it():
    shares = [hangover_share(replace(KNOWN, completeness=known)) for known in (0.05, 0.5, 0.95)]
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) == 3


@pytest.mark.parametrize("name", ["fall", "fade"])
def test_a_voice_that_falls_or_fades_shortens_it(name):
    less, more = (replace(KNOWN, prosody=replace(KNOWN.prosody, **{name: value})) for value in (0.0, 3.0))
    assert hangover_share(more) < hangover_share(less)


def test_a_longer_utterance_shortens_it():
    assert hangover_share(replace(KNOWN, spoken_ms=4_000)) < hangover_share(replace(KNOWN, spoken_ms=1_000))


@given(st.floats(0, 1), st.integers(0, 30_000), st.floats(-40, 40), st.floats(-60, 60))
def test_it_stays_within_its_bounds(completeness, spoken_ms, fall, fade):
    sound = Prosody(fall=fall, fade=fade)
    cues = PauseCues(spoken_ms=spoken_ms, completeness=completeness, prosody=sound)
    assert QUICKEST <= hangover_share(cues) <= SLOWEST
