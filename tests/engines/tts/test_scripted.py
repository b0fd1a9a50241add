"""The scripted voice keeps to its script."""

from contextlib import aclosing

import anyio
import numpy as np
import pytest

from inzwa.engines.tts.scripted import CHUNK_MS, LETTER_MS, ScriptedPhrase, ScriptedVoice, tone
from inzwa.errors import EngineError
from inzwa.protocols import VoiceOptions

OPTIONS = VoiceOptions()


async def listen(voice, heard, text="Mhoro", options=OPTIONS):
    async with aclosing(voice.speak(text, options)) as chunks:
        async for chunk in chunks:
            heard.append(chunk)


async def said(voice, text="Mhoro", options=OPTIONS):
    heard = []
    await listen(voice, heard, text, options)
    return heard


async def test_a_text_lasts_as_long_as_its_letters():
    chunks = await said(ScriptedVoice(sample_rate=16_000), "Mhoro, shamwari!")
    assert sum(chunk.sound.size for chunk in chunks) == 13 * LETTER_MS * 16
    assert all(chunk.sound.size == CHUNK_MS * 16 for chunk in chunks[:-1])
    assert all(chunk.sound.dtype == np.float32 for chunk in chunks)


async def test_twice_the_speed_takes_half_the_time():
    fast = await said(ScriptedVoice(), options=VoiceOptions(speed=2.0))
    assert sum(chunk.sound.size for chunk in fast) == tone("Mhoro", 22_050).size // 2


@pytest.mark.parametrize("text", ["", " ", "... ?!"])
async def test_a_text_without_letters_gives_nothing(text):
    assert await said(ScriptedVoice(), text) == []


async def test_requests_are_noted_as_they_came():
    voice = ScriptedVoice()
    await said(voice, "Ehe", VoiceOptions(speed=1.5))
    assert [(asked.text, asked.options.speed) for asked in voice.spoken] == [("Ehe", 1.5)]


async def test_a_gate_holds_the_chunk_behind_it():
    gate, heard = anyio.Event(), []
    voice = ScriptedVoice(ScriptedPhrase(gates={1: gate}))
    async with anyio.create_task_group() as group:
        group.start_soon(listen, voice, heard)
        await anyio.wait_all_tasks_blocked()
        assert len(heard) == voice.chunks == 1
        gate.set()
    assert len(heard) == 3


async def test_a_phrase_fails_at_the_chunk_it_was_told_to():
    voice, heard = ScriptedVoice(ScriptedPhrase(fails_at=1)), []
    with pytest.raises(EngineError):
        await listen(voice, heard)
    assert (len(heard), voice.speaking) == (1, 0)


async def test_scripts_serve_in_order_and_then_nothing_fails():
    voice = ScriptedVoice(ScriptedPhrase(fails_at=0))
    with pytest.raises(EngineError):
        await said(voice)
    assert len(await said(voice)) == 3


async def test_a_phrase_closed_early_counts_as_closed():
    voice = ScriptedVoice()
    async with aclosing(voice.speak("Mhoro", OPTIONS)) as chunks:
        await anext(chunks)
        assert voice.speaking == 1
    assert (voice.opened, voice.closed) == (1, 1)


async def test_a_phrase_cancelled_at_a_gate_counts_as_closed():
    voice = ScriptedVoice(ScriptedPhrase(gates={0: anyio.Event()}))
    async with anyio.create_task_group() as group:
        group.start_soon(listen, voice, [])
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    assert (voice.opened, voice.closed) == (1, 1)
