"""A phrase's loudness is predicted by a line fitted to a few seconds, and evened out within bounds."""

import numpy as np
import pytest

from inzwa.audio.pcm import SILENT_DBFS
from inzwa.engines.tts.loudness import (
    MAX_PHRASE_GAIN_DB,
    MAX_VOICE_GAIN_DB,
    TARGET_DBFS,
    fit_loudness,
    frame_levels,
    gain_for,
    limited,
    speech_level,
)

HOP, CHANNELS = 64, 12
DRAW = np.random.default_rng(3)
TASTE = DRAW.normal(size=CHANNELS)


def phrase(frames=200, louder_db=0.0, pause=40):
    """Latent frames, and noise whose level follows them; a pause at both ends."""
    latent = DRAW.normal(size=(1, CHANNELS, frames)).astype(np.float32)
    shift_db = np.full(frames, louder_db)
    shift_db[:pause] = shift_db[-pause:] = -25
    latent += (np.outer(TASTE, shift_db) / (TASTE @ TASTE)).astype(np.float32)
    noise = DRAW.normal(size=(frames, HOP)) * 10 ** ((latent[0].T @ TASTE - 30) / 20)[:, None]
    return latent, noise.reshape(-1).astype(np.float32)


def measured(sound):
    return speech_level(frame_levels(sound, HOP))


def test_phrases_of_any_loudness_come_out_alike():
    loudness = fit_loudness([phrase(), phrase()], HOP)
    phrases = [phrase(louder_db=louder) for louder in (-3, -1.5, 0, 1.5, 3)]
    before = [measured(sound) for _, sound in phrases]
    after = [measured(sound * loudness.gain(latent)) for latent, sound in phrases]
    assert np.ptp(before) > 5
    assert np.ptp(after) < np.ptp(before) / 2


def test_no_phrase_is_changed_by_more_than_the_bounds():
    loudness = fit_loudness([phrase(), phrase()], HOP)
    most_db = MAX_PHRASE_GAIN_DB + MAX_VOICE_GAIN_DB
    for latent in (np.full((1, CHANNELS, 5), value, dtype=np.float32) for value in (-1e3, 0, 1e3)):
        assert abs(20 * np.log10(loudness.gain(latent))) <= most_db + 1e-6
    assert gain_for(-80 + 21) == pytest.approx(10 ** (MAX_VOICE_GAIN_DB / 20))


def test_every_voice_is_brought_to_one_level():
    for voice_dbfs in (-34, -23, -12):
        assert voice_dbfs + 20 * np.log10(gain_for(voice_dbfs)) == pytest.approx(TARGET_DBFS)


def test_a_voice_without_a_sound_is_left_alone():
    latent, sound = phrase()
    loudness = fit_loudness([(latent, np.zeros_like(sound))], HOP)
    assert loudness.gain(latent) == 1.0
    assert measured(np.zeros(10 * HOP, dtype=np.float32)) == SILENT_DBFS
    assert measured(np.zeros(0, dtype=np.float32)) == SILENT_DBFS


def test_pauses_do_not_count_for_the_level():
    loud = (0.1 * DRAW.normal(size=40 * HOP)).astype(np.float32)
    assert measured(np.concatenate([loud, np.zeros(200 * HOP, dtype=np.float32)])) == pytest.approx(measured(loud))


def test_the_limiter_touches_peaks_alone_and_keeps_below_full_scale():
    ramp = np.linspace(-4, 4, 1001, dtype=np.float32)
    out = limited(ramp)
    small = np.abs(ramp) <= 0.7
    assert np.array_equal(out[small], ramp[small])
    assert np.abs(out).max() <= 0.89
    assert (np.diff(out) >= 0).all()
    quiet = ramp[small]
    assert limited(quiet) is quiet


def test_limiting_chunk_by_chunk_is_limiting_the_whole():
    sound = DRAW.normal(size=3000).astype(np.float32)
    chunks = [limited(chunk) for chunk in np.array_split(sound, 7)]
    assert np.array_equal(np.concatenate(chunks), limited(sound))
