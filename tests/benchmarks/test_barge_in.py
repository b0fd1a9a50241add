"""What is noted of speech over a reply."""

import numpy as np
import pytest

from benchmarks.barge_in import Interruption, spread_of, voiced_after_s
from benchmarks.rig.user import FRAME_SAMPLES

SOUND = np.zeros(FRAME_SAMPLES, dtype=np.float32)


def noted(*messages):
    """One message a tenth of a second, the first voiced frame at 0."""
    interruption = Interruption()
    for number, message in enumerate(messages, 1):
        interruption.note(message, number / 10)
    return interruption.figures()


def test_a_hold_silences_the_reply_and_the_cancellation_comes_later():
    found = noted(SOUND, {"type": "tts.hold"}, {"type": "turn.cancelled", "reason": "interrupted"})
    assert (found["silent_ms"], found["last_sound_ms"], found["cancelled_ms"]) == (200.0, 100.0, pytest.approx(300.0))
    assert (found["late_frames"], found["resumed"]) == (0, False)


def test_a_cancellation_without_a_hold_silences_it_too():
    assert noted({"type": "turn.cancelled", "reason": "interrupted"})["silent_ms"] == 100.0


def test_sound_after_the_hold_is_late_until_the_reply_goes_on():
    found = noted({"type": "tts.hold"}, SOUND, {"type": "tts.resume"}, SOUND)
    assert (found["late_frames"], found["resumed"]) == (1, True)


def test_the_next_replys_sound_is_not_late():
    cancelled = {"type": "turn.cancelled", "reason": "interrupted"}
    assert noted({"type": "tts.hold"}, cancelled, {"type": "tts.start"}, SOUND)["late_frames"] == 0


def test_a_reply_that_is_never_silenced_has_no_time():
    assert noted(SOUND, {"type": "speech.start"})["silent_ms"] is None


def test_the_first_voiced_frame_is_the_first_that_is_not_faint():
    faint = np.full(2 * FRAME_SAMPLES, 0.01, dtype=np.float32)
    loud = np.full(3 * FRAME_SAMPLES + 5, 0.5, dtype=np.float32)
    assert voiced_after_s(np.concatenate([faint, loud])) == pytest.approx(0.04)
    assert voiced_after_s(loud) == 0.0


def test_sound_from_before_the_voiced_frame_has_no_time():
    assert spread_of([{"ms": -40.0}, {"ms": 60.0}, {"ms": None}], "ms")["count"] == 1
