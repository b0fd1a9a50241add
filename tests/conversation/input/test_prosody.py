"""Pitch and level at the end of speech against what came before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.audio.pcm import INPUT_RATE
from inzwa.conversation.input.prosody import WINDOW_MS, Prosody, prosody
from tests.sounds import quiet


def hum(*spells):
    """A voice-like sound of these (Hz, milliseconds, loudness), its phase unbroken. Shape (samples,), float32."""
    pitch = np.concatenate([np.full(ms * INPUT_RATE // 1000, hertz, dtype=float) for hertz, ms, _ in spells])
    loudness = np.concatenate([np.full(ms * INPUT_RATE // 1000, level) for _, ms, level in spells])
    phase = 2 * np.pi * np.cumsum(pitch) / INPUT_RATE
    return (loudness * sum(np.sin(number * phase) / number for number in range(1, 6)) / 5).astype(np.float32)


@pytest.mark.parametrize("sound", [quiet(0), quiet(20), quiet(1_000), hum((120, 100, 1))])
def test_too_little_speech_says_nothing(sound):
    assert prosody(sound) == Prosody()


def test_noise_has_no_pitch():
    noise = np.random.default_rng(0).standard_normal(INPUT_RATE).astype(np.float32)
    assert prosody(noise) == Prosody()


@pytest.mark.parametrize("hertz", [80, 120, 180, 250, 350])
def test_a_level_voice_neither_falls_nor_fades(hertz):
    found = prosody(hum((hertz, 1_000, 1)))
    assert found.fall == pytest.approx(0, abs=0.1)
    assert found.fade == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(("end", "semitones"), [(100, 3.16), (120, 0), (151, -3.98)])
def test_the_fall_is_that_of_the_last_syllable_below_the_median(end, semitones):
    found = prosody(hum((120, 800, 1), (end, 200, 1)))
    assert found.fall == pytest.approx(semitones, abs=0.2)


def test_the_fade_is_in_decibels():
    assert prosody(hum((120, 800, 1), (120, 200, 0.25))).fade == pytest.approx(12, abs=1)


def test_what_is_older_than_the_window_is_not_looked_at():
    sound = hum((120, WINDOW_MS, 1))
    assert prosody(np.concatenate((hum((200, 2_000, 1)), sound))) == prosody(sound)


def test_loudness_itself_says_nothing():
    sound = hum((120, 800, 1), (100, 200, 0.5))
    loud, soft = prosody(sound), prosody(sound * np.float32(0.05))
    for name in ("fall", "fade"):
        assert getattr(loud, name) == pytest.approx(getattr(soft, name), abs=0.05)


@given(st.integers(0, 3_000), st.floats(0, 10), st.integers(0, 100))
def test_any_sound_has_figures(samples, loudness, seed):
    sound = np.random.default_rng(seed).standard_normal(samples * 8).astype(np.float32) * np.float32(loudness)
    found = prosody(sound)
    assert np.isfinite(found.fall)
    assert np.isfinite(found.fade)
