"""The scripted transcriber keeps its promises to the tests that lean on it."""

import anyio
import numpy as np
import pytest

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.errors import EngineError
from inzwa.protocols import HearOptions, Transcript
from tests.sounds import quiet

SOUND = quiet(100)
FINAL = HearOptions()


async def test_lines_come_in_order_and_the_last_one_stays():
    asr = ScriptedTranscriber(["one", Transcript("two", confidence=-0.5)])
    heard = [await asr.transcribe(SOUND, FINAL) for _ in range(3)]
    assert [transcript.text for transcript in heard] == ["one", "two", "two"]
    assert heard[1].confidence == -0.5


async def test_a_script_may_be_made_of_what_was_heard():
    asr = ScriptedTranscriber(lambda sound, options: f"{sound.size} {options.language}")
    assert (await asr.transcribe(SOUND, HearOptions(language="en"))).text == "1600 en"


async def test_an_exception_in_the_script_is_raised_and_the_next_line_follows():
    asr = ScriptedTranscriber([EngineError("asr", "told to"), "mhoro"])
    with pytest.raises(EngineError, match="told to"):
        await asr.transcribe(SOUND, FINAL)
    assert (await asr.transcribe(SOUND, FINAL)).text == "mhoro"


async def test_a_gate_holds_every_call_until_it_opens():
    asr = ScriptedTranscriber(["mhoro"], gate=anyio.Event())
    heard = []

    async def hear():
        heard.append(await asr.transcribe(SOUND, FINAL))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hear)
        await anyio.wait_all_tasks_blocked()
        assert (asr.running, heard) == (1, [])
        asr.gate.set()
    assert [transcript.text for transcript in heard] == ["mhoro"]


async def test_a_cancelled_call_is_counted_and_takes_no_line():
    asr = ScriptedTranscriber(["one", "two"], gate=anyio.Event())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(asr.transcribe, SOUND, FINAL)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert (asr.cancelled, asr.running, len(asr.calls)) == (1, 0, 1)
    asr.gate.set()
    assert (await asr.transcribe(SOUND, FINAL)).text == "one"


async def test_calls_remember_what_they_were_given():
    asr = ScriptedTranscriber()
    await asr.transcribe(SOUND, FINAL)
    ((sound, options),) = asr.calls
    assert np.array_equal(sound, SOUND)
    assert options is FINAL
