"""Syllables counted in texts and in sounds."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from inzwa.engines.asr.syllables import SpokenSound, count_in_text
from tests.sounds import quiet, tone

SOUNDS = Path(__file__).with_name("sounds")
"""Said by espeak-ng 1.51 (en-us, 150 words a minute), 0.2 s before and 0.8 s behind it quiet; 16 kHz."""


def noise(ms, level):
    return np.random.default_rng(1).normal(0, level, ms * 16).astype(np.float32)


def hum(ms, hz=50):
    return np.sin(2 * np.pi * hz / 16_000 * np.arange(ms * 16)).astype(np.float32) * np.float32(0.2)


def spoken(name):
    return soundfile.read(SOUNDS / f"{name}.flac", dtype="float32")[0]


@pytest.mark.parametrize(
    ("text", "language", "syllables"),
    [
        ("", "en", 0),
        ("...", "sn", 0),
        ("Yes.", "en", 1),
        ("Please.", "en", 1),
        ("Hmm.", "en", 1),
        ("Mary.", "en", 2),
        ("Good morning.", "en", 3),
        ("What time is it?", "en", 4),
        ("Please tell me what the weather is like today.", "en", 11),
        ("20", "en", 3),
        ("7", "en", 2),
        ("Kwete.", "sn", 2),
        ("Mangwanani.", "sn", 4),
        ("Makumi maviri", "sn", 6),
        ("Aiwa", "sn", 2.5),
    ],
)
def test_a_text_has_a_syllable_for_each_vowel(text, language, syllables):
    assert count_in_text(text, language=language) == syllables


@pytest.mark.parametrize(
    ("name", "syllables"),
    [("yes", 1), ("yes_yes", 2), ("can_you_help_me", 4), ("please_tell_me_the_weather", 11)],
)
def test_speech_has_as_many_syllables_as_were_said(name, syllables):
    said = SpokenSound(spoken(name))
    assert said.length().syllables == syllables
    assert said.is_speech()


@pytest.mark.parametrize("level_db", [-20, -10])
def test_noise_under_speech_changes_little(level_db):
    sound = spoken("please_tell_me_the_weather")
    loud = float(np.sqrt(np.mean(np.square(sound))))
    said = SpokenSound(sound + noise(sound.size // 16 + 1, loud * 10 ** (level_db / 20))[: sound.size])
    assert abs(said.length().syllables - 11) <= 1
    assert said.is_speech()


@pytest.mark.parametrize(
    "sound",
    [quiet(0), quiet(10), quiet(3_000), noise(3_000, 0.0002), noise(3_000, 0.2), hum(3_000), tone(3_000)],
    ids=["nothing", "10 ms", "silence", "hiss", "noise", "hum", "tone"],
)
def test_what_stays_the_same_is_no_speech(sound):
    assert not SpokenSound(sound).is_speech()


def test_a_knock_is_no_speech():
    assert not SpokenSound(np.concatenate((quiet(500), noise(50, 0.3), quiet(500)))).is_speech()
