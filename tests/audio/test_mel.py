"""Log-mel as Whisper was trained on it."""

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from inzwa.audio.mel import LogMel
from inzwa.audio.pcm import silence
from tests.sounds import tone


def noise(samples):
    return np.random.default_rng(3).normal(0, 0.1, samples).astype(np.float32)


@pytest.mark.parametrize("bands", [80, 128])
@pytest.mark.parametrize("samples", [16_000, 16_077, 40_000])
def test_it_equals_the_stock_extractor(bands, samples):
    sound = noise(samples)
    stock = FeatureExtractor(feature_size=bands)(sound, padding=0)
    assert np.abs(LogMel(bands).of(sound) - stock).max() < 1e-4


def test_a_frame_is_ten_milliseconds_and_nothing_is_padded():
    assert LogMel(80).of(noise(16_000)).shape == (80, 100)


def test_a_tone_is_loudest_in_the_bands_around_it():
    levels = LogMel(80).of(tone(500)).mean(axis=1)
    assert 5 <= levels.argmax() <= 9  # 300 Hz; the bands below 1 kHz are 37 Hz apart


def test_silence_is_finite_and_flat():
    features = LogMel(80).of(silence(1_000, 16_000))
    assert features.dtype == np.float32
    assert np.ptp(features) == 0
