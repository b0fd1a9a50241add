"""The voice as the pipeline sees it, on real weights."""

from contextlib import aclosing

import anyio
import numpy as np
import pytest

from inzwa.audio.pcm import level_dbfs
from inzwa.engines.tts.edges import QUIET
from inzwa.engines.tts.loudness import TARGET_DBFS, frame_levels, speech_level
from inzwa.engines.tts.vits import open_vits
from inzwa.errors import EngineError, UnknownVoice
from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo, VoiceOptions

pytestmark = pytest.mark.weights
PHRASE = "Mangwanani shamwari yangu, makadii nhasi?"


@pytest.fixture(scope="module")
def model(models):
    return models.fetch("joe-medium")


@pytest.fixture(scope="module")
async def voice(model):
    async with open_vits(model, seed=1) as opened:
        yield opened


async def said(synthesizer, text=PHRASE, **options):
    async with aclosing(synthesizer.speak(text, VoiceOptions(**options))) as chunks:
        return [chunk.sound async for chunk in chunks]


async def test_a_phrase_is_heard_in_chunks_the_first_of_them_short(voice):
    chunks = await said(voice)
    assert len(chunks) >= 3
    assert chunks[0].size < sum(chunk.size for chunk in chunks) / 4
    assert level_dbfs(np.concatenate(chunks)) > -40
    assert all(chunk.dtype == np.float32 and np.abs(chunk).max() <= 1 for chunk in chunks)


async def test_the_same_phrase_with_a_seed_sounds_the_same(voice):
    first, again = np.concatenate(await said(voice)), np.concatenate(await said(voice))
    assert np.array_equal(first, again)


async def test_phrases_that_the_graph_makes_loud_or_low_are_heard_alike(voice):
    phrases = ("rwiyo rwandinofarira.", "nezuro manheru.", "Vana vari kutamba", "kuHarare.", "Makadii henyu?")
    levels = [speech_level(frame_levels(np.concatenate(await said(voice, phrase)), 256)) for phrase in phrases]
    assert np.ptp(levels) < 3
    assert np.mean(levels) == pytest.approx(TARGET_DBFS, abs=1.5)


async def test_the_silence_behind_a_phrase_fits_its_last_mark(voice):
    rest = [silence_behind(np.concatenate(await said(voice, f"Makadii henyu{mark}"))) for mark in ("?", ",", "")]
    assert [round(samples / voice.sample_rate, 2) for samples in rest] == [0.22, 0.14, 0.05]


def silence_behind(sound):
    return sound.size - 1 - np.flatnonzero(np.abs(sound) > QUIET)[-1]


async def test_speed_changes_the_length(voice):
    normal, fast = [sum(chunk.size for chunk in await said(voice, speed=speed)) for speed in (1.0, 2.0)]
    assert fast < 0.7 * normal


@pytest.mark.parametrize("text", ["", " \n", "...", "?!", "😀", "مرحبا", "'"])
async def test_a_text_without_a_sound_yields_nothing(voice, text):
    assert await said(voice, text) == []


async def test_a_text_of_many_phrases_is_said_phrase_by_phrase(voice):
    text = "Ndinofara kukuonai nhasi. " * 30
    async with aclosing(voice.speak(text, VoiceOptions())) as chunks:
        sizes = [(await anext(chunks)).sound.size for _ in range(4)]
    assert max(sizes) < 2 * voice.sample_rate


async def test_an_unknown_voice_is_refused(voice):
    with pytest.raises(UnknownVoice, match="nobody"):
        await said(voice, voice="nobody")


async def test_closing_early_leaves_the_voice_fit_for_the_next_phrase(voice):
    async with aclosing(voice.speak(PHRASE, VoiceOptions())) as chunks:
        await anext(chunks)
    assert await said(voice, "Ehe.")


async def test_cancelling_leaves_the_voice_fit_for_the_next_phrase(voice):
    async with anyio.create_task_group() as group:
        group.start_soon(said, voice)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    assert await said(voice, "Ehe.")


async def test_two_phrases_at_once_are_both_said_whole(voice):
    alone = np.concatenate(await said(voice))
    heard = []

    async def listen():
        heard.append(np.concatenate(await said(voice)))

    async with anyio.create_task_group() as group:
        group.start_soon(listen)
        group.start_soon(listen)
    assert all(np.array_equal(sound, alone) for sound in heard)


async def test_the_voice_says_what_it_is(voice, model):
    assert (voice.info.engine, voice.info.model, voice.voices) == ("vits", model.name, (model.name,))
    assert voice.info.files == model.files
    assert voice.sample_rate == 22_050
    assert voice.info.load_ms > 0
    assert voice.info.warm_ms > 0


async def test_files_that_are_no_voice_are_refused(tmp_path):
    names = ("voice.onnx", "voice.onnx.json")
    for name in names:
        (tmp_path / name).write_text("{}")
    files = tuple(FileInfo(name, 2, "0" * 64) for name in names)
    with pytest.raises(EngineError):
        async with open_vits(LocalModel(name="none", folder=tmp_path, files=files)):
            pass


async def test_figures_are_said_in_words(voice):
    figures = np.concatenate(await said(voice, "Ndine madhora 25."))
    words = np.concatenate(await said(voice, "Ndine madhora makumi maviri nemashanu."))
    assert np.array_equal(figures, words)
