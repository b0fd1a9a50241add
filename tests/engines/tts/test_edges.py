"""A phrase has no dead air before it, a pause behind it that fits its last mark, and no click at either edge."""

import numpy as np
import pytest

from inzwa.engines.tts.edges import CLAUSE_MS, LEAD_MS, QUIET, SENTENCE_MS, WORD_MS, pause_ms, shape_edges

RATE = 10_000
LEAD = LEAD_MS * RATE // 1000
SPEECH = np.full(4000, 0.25, dtype=np.float32)


def silence(samples):
    return np.full(samples, 1e-5, dtype=np.float32)


def said(sound, chunks=5, pause=100):
    pieces = list(shape_edges(iter(np.array_split(sound, chunks)), RATE, pause))
    assert all(piece.size for piece in pieces)
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.float32)


@pytest.mark.parametrize(
    ("phrase", "ms"),
    [
        ("Makadii?", SENTENCE_MS),
        ("Ehe…", SENTENCE_MS),
        ("“Ndizvo.”", SENTENCE_MS),
        ("**Ehe!**", SENTENCE_MS),
        ("Ehe,", CLAUSE_MS),
        ("izvi: ", CLAUSE_MS),
        ("ndiri kuda", WORD_MS),
        ("", WORD_MS),
        ("\"'", WORD_MS),
    ],
)
def test_the_pause_fits_the_last_mark(phrase, ms):
    assert pause_ms(phrase) == ms


@pytest.mark.parametrize("before", [0, 40, 150, 2000])
@pytest.mark.parametrize("behind", [0, 300, 1000, 3000])
@pytest.mark.parametrize("chunks", [1, 2, 5, 40])
def test_silence_is_cut_or_drawn_out_and_speech_is_whole(before, behind, chunks):
    sound = said(np.concatenate([silence(before), SPEECH, silence(behind)]), chunks)
    lead = min(before, LEAD)
    assert sound.size == lead + SPEECH.size + 1000
    assert np.abs(sound[lead + 40 : lead + SPEECH.size] - 0.25).max() < 1e-6
    assert max(abs(sound[0]), abs(sound[-1])) <= QUIET


def test_speech_that_begins_or_ends_at_its_full_level_does_not_click():
    sound = said(SPEECH)
    assert np.abs(np.diff(sound, prepend=0, append=0)).max() <= 0.25 / 30


def test_silence_within_a_phrase_stays():
    middle = np.concatenate([SPEECH, silence(5000), SPEECH])
    assert np.array_equal(said(middle, 9)[40 : middle.size], middle[40:])


def test_sound_passes_at_once():
    given = []

    def chunks():
        for chunk in np.array_split(SPEECH, 4):
            given.append(chunk)
            yield chunk

    assert next(shape_edges(chunks(), RATE, 100)).size == 1000
    assert len(given) == 1


@pytest.mark.parametrize("samples", [0, 1, 5000])
def test_a_phrase_that_is_all_silence_gives_nothing(samples):
    assert said(silence(samples)).size == 0
