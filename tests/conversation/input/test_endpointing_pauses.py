"""What is known of a pause moves the end of the utterance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.conversation.input.prosody import Prosody
from inzwa.conversation.input.turn_end import SLOWEST
from tests.conversation.input.test_endpointing import FRAME_MS, endpointer, heard, kinds


@pytest.mark.parametrize(("completeness", "least_ms", "most_ms"), [(0.01, 900, 1_120), (0.99, 301, 500)])
def test_words_move_the_end(completeness, least_ms, most_ms):
    ears = endpointer()
    heard(ears, (1, 1_500), (0, 220))
    ears.completeness = completeness
    assert least_ms <= ears.hangover_ms() <= most_ms
    ends_after_ms = -(-ears.hangover_ms() // FRAME_MS) * FRAME_MS
    assert heard(ears, (0, int(ends_after_ms) - 240)) == []
    assert kinds(heard(ears, (0, 20))) == ["SpeechEnded"]


@given(st.floats(0, 1), st.floats(-20, 20), st.integers(100, 5_000), st.integers(100, 5_000))
def test_whatever_is_known_the_hangover_lies_between_the_floor_and_the_largest_share(complete, fall, silence_ms, floor):
    ears = endpointer(silence_ms=silence_ms, silence_floor_ms=floor)
    heard(ears, (1, 1_000))
    ears.completeness, ears.prosody = complete, Prosody(fall=fall)
    assert min(floor, silence_ms) <= ears.hangover_ms() <= SLOWEST * silence_ms


def test_patience_is_a_factor_of_what_is_waited_for():
    waits = []
    for silence_ms in (700, 1_400):
        ears = endpointer(silence_ms=silence_ms, silence_floor_ms=100)
        heard(ears, (1, 2_000))
        ears.completeness, ears.prosody = 0.7, Prosody(fall=1.0)
        waits.append(ears.hangover_ms())
    assert waits[1] == pytest.approx(2 * waits[0])


def test_what_is_known_of_a_pause_is_forgotten_when_speech_goes_on_and_when_it_ends():
    ears = endpointer()
    heard(ears, (1, 1_000), (0, 300))
    ears.completeness, ears.prosody = 0.2, Prosody(fall=1.0)
    heard(ears, (1, 20))
    assert (ears.completeness, ears.prosody) == (None, Prosody())
    ears.completeness, ears.prosody = 0.8, Prosody(fall=1.0)
    heard(ears, (0, 1_200))
    assert (ears.completeness, ears.prosody) == (None, Prosody())
