"""Sentences through a scripted voice and a scripted recogniser, and the figures of a sound."""

import numpy as np
import pytest

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.tts.scripted import LETTER_MS, ScriptedVoice
from inzwa.errors import EmptyText
from inzwa.evaluation.tts import clipped_share, peak_dbfs, silent_share, speak_and_transcribe
from inzwa.protocols import HearOptions, VoiceOptions

RATE = 16_000
TONE = 0.5 * np.sin(np.arange(RATE) / 10).astype(np.float32)


async def spoken(sentence, asr, tts):
    times = iter(range(100))
    return await speak_and_transcribe(
        "1", sentence, tts, asr, VoiceOptions(speed=2.0), HearOptions(language="sn"), clock=lambda: next(times)
    )


async def test_a_sentence_is_said_whole_and_heard_at_the_recognisers_rate():
    asr, tts = ScriptedTranscriber(["mhoro shamwari"]), ScriptedVoice()
    row = await spoken("Mhoro, shamwari!", asr, tts)
    assert (row.word_edits, row.letters, row.letter_edits) == (0, 14, 0)
    assert row.sound_s == pytest.approx(13 * LETTER_MS / 1000 / 2, abs=0.001)
    assert (row.first_s, row.took_s) == (1, 2)
    assert asr.calls[0][0].size == pytest.approx(row.sound_s * 16_000, abs=2)
    assert all(request.options.speed == 2.0 for request in tts.spoken)
    assert row.level_dbfs == pytest.approx(20 * np.log10(0.25 / np.sqrt(2)), abs=0.1)
    assert (row.clipped, row.silent) == (0.0, 0.0)


async def test_a_sentence_of_which_nothing_is_said_is_refused():
    with pytest.raises(EmptyText):
        await spoken("…", ScriptedTranscriber(), ScriptedVoice())


def test_the_peak_is_told_in_decibels():
    assert peak_dbfs(TONE) == pytest.approx(-6.02, abs=0.01)
    assert peak_dbfs(np.zeros(4, dtype=np.float32)) == -120.0


@pytest.mark.parametrize(("gain", "share"), [(1.0, 0.0), (2.0, 0.0), (4.0, 2 / 3)])
def test_clipping_counts_the_samples_at_full_scale(gain, share):
    assert clipped_share(np.clip(TONE * gain * 0.999, -1, 1)) == pytest.approx(share, abs=0.01)


def test_silence_is_what_lies_far_below_the_loudest():
    quiet = np.zeros(RATE, dtype=np.float32)
    assert silent_share(np.concatenate((TONE, quiet, quiet, TONE * 0.02)), RATE) == 0.5
    assert silent_share(quiet, RATE) == 1.0
    assert silent_share(quiet[:0], RATE) == 1.0
