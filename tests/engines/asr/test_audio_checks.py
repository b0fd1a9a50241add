"""What is asked of a sound before it is recognised."""

import numpy as np

from inzwa.audio.pcm import SILENT_DBFS
from inzwa.engines.asr.audio_checks import likely_tokens, loudest_dbfs, max_tokens
from tests.sounds import quiet, tone


def test_the_loudest_tenth_of_a_second_counts():
    assert loudest_dbfs(np.concatenate((quiet(5_000), tone(100, level=0.5), quiet(5_000)))) > -20
    assert loudest_dbfs(quiet(1_000)) == loudest_dbfs(quiet(0)) == SILENT_DBFS


def test_the_limit_of_tokens_grows_with_the_sound_and_stops_at_half_the_context():
    assert max_tokens(quiet(0)) < max_tokens(quiet(3_000)) < max_tokens(quiet(10_000))
    assert max_tokens(quiet(30_000)) == 224


def test_few_syllables_are_likely_to_have_few_tokens_and_never_more_than_the_sound_can_hold():
    assert likely_tokens(quiet(3_000), 1) < likely_tokens(quiet(3_000), 4) < max_tokens(quiet(3_000))
    assert likely_tokens(quiet(1_000), 40) == max_tokens(quiet(1_000))
