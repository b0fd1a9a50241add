"""The whole loop on real weights over a real socket: what is said is heard, thought about and answered aloud."""

import asyncio
from contextlib import aclosing, asynccontextmanager

import anyio
import httpx
import numpy as np
import pytest

from inzwa.audio.pcm import INPUT_RATE, Sound, level_dbfs, resample
from inzwa.cli.client import open_client
from inzwa.engines.registry import open_engines
from inzwa.events import Start
from inzwa.protocols import Engines, StageReport, VoiceOptions
from tests.serving import opening, serving, settings
from tests.sounds import quiet

pytestmark = pytest.mark.weights

SENTENCE = "Please tell me about the weather in the mountains today."
ENGLISH = Start(language="en", mode="push_to_talk")


@pytest.fixture(scope="module")
async def engines():
    """All four on the small models, opened once."""
    reports: list[StageReport] = []
    async with open_engines(settings(), reports.append) as opened:
        assert {report.stage for report in reports if report.state == "ready"} == {"vad", "asr", "llm", "tts"}
        yield opened


@pytest.fixture(scope="module")
async def question(engines: Engines) -> Sound:
    """SENTENCE spoken by the voice, 16 kHz, with a breath before and after."""
    async with aclosing(engines.tts.speak(SENTENCE, VoiceOptions())) as chunks:
        sound = np.concatenate([chunk.sound async for chunk in chunks])
    return np.concatenate((quiet(300), resample(sound, engines.tts.sample_rate, INPUT_RATE), quiet(200)))


@asynccontextmanager
async def running(engines: Engines, **values):
    async with serving(open_engines=opening(engines), **values) as (url, app_state):
        await app_state.lifecycle.warm_up()
        yield url, app_state


def words(text: str) -> set[str]:
    return {word.strip(".,?!").lower() for word in text.split()}


@pytest.mark.parametrize("codec", ["opus", "pcm16"])
async def test_a_question_is_heard_and_answered_aloud(engines, question, codec):
    async with running(engines) as (url, _), open_client(url, Start(language="en", audio_out=codec)) as client:
        record = await client.say(question)
        assert words(record.text("asr.final")) & {"weather", "mountains", "today", "tell"}
        assert record.text("llm.final")
        assert record.sound.size > record.sample_rate // 4
        assert level_dbfs(record.sound) > -40
        assert np.abs(record.sound).max() <= 1.0
        assert all(value is not None for value in record.events[-1]["latency"].values())


async def test_silence_is_enough_to_be_answered(engines, question):
    async with running(engines) as (url, _), open_client(url, Start(language="en")) as client:
        await client.send_sound(np.concatenate((question, quiet(1_500))))
        record = await client.turn()
        assert record.events[-1]["type"] == "turn.end"
        assert [event["type"] for event in record.events].index("speech.stop") > 0


async def test_twenty_turns_in_a_row_leave_nothing_behind(engines, question):
    async with running(engines, max_new_tokens=12) as (url, app_state):
        before = len(asyncio.all_tasks())
        async with open_client(url, ENGLISH) as client:
            for number in range(1, 21):
                record = await client.say(question)
                assert record.events[-1]["type"] == "turn.end"
                assert record.events[-1]["turn"] == number
                assert record.sound.size
        with anyio.fail_after(10):
            while app_state.admission.sessions or len(asyncio.all_tasks()) > before:
                await anyio.lowlevel.checkpoint()


async def test_four_sessions_at_once_are_all_answered(engines, question):
    async with running(engines, max_new_tokens=12) as (url, _):

        async def talk() -> None:
            async with open_client(url, ENGLISH) as client:
                for _ in range(2):
                    record = await client.say(question)
                    assert record.events[-1]["type"] == "turn.end"
                    assert words(record.text("asr.final")) & {"weather", "mountains", "today"}

        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(talk)


async def test_speech_and_chat_over_http(engines):
    async with running(engines) as (url, _), httpx.AsyncClient(base_url=url, timeout=60) as http:
        spoken = await http.post("/v1/tts", json={"text": "Mhoroi, makadii?", "format": "pcm16"})
        sound = np.frombuffer(spoken.content, dtype="<i2") / 32768
        assert 0.5 < sound.size / INPUT_RATE < 4
        assert np.abs(sound).max() > 0.05
        answer = await http.post("/v1/chat", json={"messages": [{"role": "user", "content": "Hello"}]})
        assert answer.text.endswith("data: [DONE]\n\n")
        ready = (await http.get("/readyz")).json()
        assert all(file["sha256"] for stage in ready["stages"].values() for file in stage["files"])
