"""One conversation's microphone: edges in time, and the sound between two of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.audio.pcm import INPUT_RATE, level_dbfs, samples_in
from inzwa.conversation.input.endpointing import EndpointOptions, SpeechEnded, SpeechPaused, SpeechStarted
from inzwa.conversation.input.speech_input import TAIL_MS, SpeechInput
from inzwa.engines.vad.scripted import ScriptedDetector
from inzwa.errors import EngineError
from tests.sounds import quiet, tone

OPTIONS = EndpointOptions()
ONE_FRAME_MS = 32


def take(ear, sound, lump=320):
    """The edges of a sound that comes in lumps of so many samples."""
    return [edge for at in range(0, sound.size, lump) for edge in ear.push(sound[at : at + lump])]


def voice(hertz, ms):
    """A sound with a pitch, shape (samples,)."""
    phase = 2 * np.pi * hertz * np.arange(samples_in(ms, INPUT_RATE)) / INPUT_RATE
    return (0.1 * sum(np.sin(number * phase) / number for number in range(1, 6))).astype(np.float32)


def spoken(lead_ms, ms, silence_ms=1_000):
    return np.concatenate((quiet(lead_ms), tone(ms), quiet(silence_ms)))


def test_the_edges_lie_where_the_speech_lies():
    started, paused, ended = take(SpeechInput(ScriptedDetector(), OPTIONS), spoken(960, 1_280))
    assert started == SpeechStarted(960 - OPTIONS.pad_ms)
    assert paused == SpeechPaused(started.start_ms, 2_240)
    assert ended == SpeechEnded(started.start_ms, 2_240, "silence")


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=8))
def test_the_lumps_do_not_matter(sizes):
    sound = np.concatenate((spoken(500, 900), spoken(300, 2_000)))
    in_lumps, at = SpeechInput(ScriptedDetector(), OPTIONS), 0
    edges = []
    for size in [*sizes, sound.size]:
        edges += in_lumps.push(sound[at : at + size])
        at += size
    assert edges == take(SpeechInput(ScriptedDetector(), OPTIONS), sound)


def test_a_cut_is_the_sound_of_that_time_and_a_little_after():
    sound, ear = spoken(960, 1_280), SpeechInput(ScriptedDetector(), OPTIONS)
    ended = take(ear, sound)[-1]
    start, end = (samples_in(ms, INPUT_RATE) for ms in (ended.start_ms, ended.end_ms + TAIL_MS))
    assert np.array_equal(ear.cut(ended.start_ms, ended.end_ms), sound[start:end])


def test_an_edge_is_told_before_the_frames_after_it_are_heard():
    ear = SpeechInput(ScriptedDetector(), OPTIONS)
    edges = ear.push(spoken(0, 1_000))
    assert isinstance(next(edges), SpeechStarted)
    assert ear.now_ms == 3 * ONE_FRAME_MS


def test_the_longest_utterance_can_be_cut_whole():
    options = EndpointOptions(max_ms=4_000)
    sound, ear = spoken(1_000, 10_000), SpeechInput(ScriptedDetector(), options)
    cuts = [(edge, ear.cut(edge.start_ms, edge.end_ms)) for edge in ear.push(sound) if isinstance(edge, SpeechEnded)]
    assert [(edge.reason, edge.end_ms - edge.start_ms) for edge, _ in cuts] == [
        ("too_long", pytest.approx(4_000, abs=32))
    ]
    start = samples_in(cuts[0][0].start_ms, INPUT_RATE)
    assert np.array_equal(cuts[0][1], sound[start : start + cuts[0][1].size])


def test_what_is_less_than_a_frame_waits_for_the_rest_of_it():
    ear = SpeechInput(ScriptedDetector(), OPTIONS)
    take(ear, tone(31))
    assert ear.now_ms == 0
    take(ear, tone(1))
    assert ear.now_ms == ONE_FRAME_MS


def test_each_ear_has_a_detector_state_of_its_own():
    detector = ScriptedDetector([1.0] * 10)
    for _ in range(2):
        assert take(SpeechInput(detector, OPTIONS), quiet(320)) == [SpeechStarted(0)]


def test_a_detector_that_fails_leaves_sound_and_time_together():
    ear = SpeechInput(ScriptedDetector(fail_at=5), OPTIONS)
    sound = spoken(992, 1_280)
    with pytest.raises(EngineError):
        take(ear, sound[: 6 * 512], lump=512)
    ended = take(ear, sound[6 * 512 :], lump=512)[-1]
    assert ended.end_ms == 992 + 1_280
    cut = ear.cut(ended.end_ms - 64, ended.end_ms)
    assert level_dbfs(cut[:1_024]) == pytest.approx(level_dbfs(tone(64)), abs=0.5)
    assert level_dbfs(cut[1_024:]) < -100


def test_finishing_ends_what_is_being_said():
    ear = SpeechInput(ScriptedDetector(), OPTIONS)
    take(ear, np.concatenate((quiet(320), tone(640))))
    assert ear.speaking
    assert ear.finish() == SpeechEnded(320 - OPTIONS.pad_ms, 960, "finished")
    assert not ear.speaking


def test_forgetting_leaves_nothing_to_finish():
    ear = SpeechInput(ScriptedDetector(), OPTIONS)
    take(ear, tone(640))
    ear.reset()
    assert (ear.speaking, ear.finish()) == (False, None)


def test_complete_words_shorten_the_wait():
    ear = SpeechInput(ScriptedDetector(), OPTIONS)
    edges = take(ear, np.concatenate((tone(1_920), quiet(192))))
    assert isinstance(edges[-1], SpeechPaused)
    ear.hint(0.95)
    assert isinstance(take(ear, quiet(OPTIONS.silence_ms - 320))[-1], SpeechEnded)


def test_words_heard_while_the_user_speaks_are_not_the_last():
    with_words, without = SpeechInput(ScriptedDetector(), OPTIONS), SpeechInput(ScriptedDetector(), OPTIONS)
    take(with_words, tone(1_920))
    take(without, tone(1_920))
    with_words.hint(0.95)
    for _ in range(40):
        assert len(take(with_words, quiet(ONE_FRAME_MS))) == len(take(without, quiet(ONE_FRAME_MS)))


def test_a_falling_voice_ends_sooner_than_a_level_one():
    waits = []
    for end_hz in (200, 150):
        ear = SpeechInput(ScriptedDetector(), OPTIONS)
        take(ear, np.concatenate((voice(200, 1_760), voice(end_hz, 160), quiet(192))))
        ear.hint(0.5)
        frames = [take(ear, quiet(ONE_FRAME_MS)) for _ in range(40)]
        waits.append(next(number for number, edges in enumerate(frames) if edges))
    assert waits[1] < waits[0]
