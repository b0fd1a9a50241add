"""The scripted detector keeps its promises to the tests that lean on it."""

import pytest

from inzwa.engines.vad.scripted import ScriptedDetector
from inzwa.errors import EngineError
from tests.sounds import quiet, tone

FRAME_MS = 32


def test_a_script_is_followed_and_then_nobody_speaks():
    stream = ScriptedDetector([0.1, 0.9]).open_stream()
    assert [stream.probability(quiet(FRAME_MS)) for _ in range(4)] == [0.1, 0.9, 0.0, 0.0]


def test_every_stream_begins_the_script_anew():
    detector = ScriptedDetector([0.7])
    first, second = detector.open_stream(), detector.open_stream()
    assert first.probability(quiet(FRAME_MS)) == second.probability(quiet(FRAME_MS)) == 0.7
    assert detector.streams == [first, second]


def test_without_a_script_loud_is_speech_and_quiet_is_not():
    stream = ScriptedDetector().open_stream()
    assert stream.probability(tone(FRAME_MS)) == 1.0
    assert stream.probability(quiet(FRAME_MS)) == 0.0


def test_it_fails_at_the_frame_it_was_told_to_and_lives_on():
    stream = ScriptedDetector([0.5, 0.6], fail_at=0).open_stream()
    with pytest.raises(EngineError, match="told to fail"):
        stream.probability(quiet(FRAME_MS))
    assert stream.probability(quiet(FRAME_MS)) == 0.5
    assert stream.frames == 2
