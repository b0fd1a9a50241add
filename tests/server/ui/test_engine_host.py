"""What the page may ask for: the same access rules as /v1, the same limits, the same sentences."""

import numpy as np
import pytest
from starlette.requests import HTTPConnection

from inzwa.audio.pcm import INPUT_RATE
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.errors import AudioTooLong, NoSpeech, RateLimited, TextTooLong, Unauthorized, UnknownVoice
from inzwa.protocols import Message
from inzwa.server.ui.engine_host import EnginePageHost
from tests.serving import scripted_engines, serving
from tests.sounds import tone


def caller(token: str = "") -> HTTPConnection:
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    return HTTPConnection({"type": "http", "headers": headers, "client": ("203.0.113.7", 1)})


async def test_the_access_token_is_asked_for_where_one_is_set():
    async with serving(access_token="svosve") as (_, app_state):
        page = EnginePageHost(app_state)
        with pytest.raises(Unauthorized):
            await page.admit(caller(), "say")
        with pytest.raises(Unauthorized):
            await page.admit(caller("svosv"), "say")
        await page.admit(caller("svosve"), "say")


async def test_calls_are_counted_by_address():
    async with serving(requests_per_minute=1) as (_, app_state):
        page = EnginePageHost(app_state)
        await page.admit(caller(), "say")
        with pytest.raises(RateLimited):
            await page.admit(caller(), "say")


async def test_a_recording_is_heard_answered_and_spoken():
    async with serving() as (_, app_state):
        heard, reply, (rate, sound) = await EnginePageHost(app_state).talk(tone(1_000))
        assert (heard, reply) == ("mhoro shamwari", "Ndiripo, makadiiwo?")
        assert sound.size > rate // 4


async def test_a_chat_begins_with_inzwas_own_line():
    model = ScriptedChatModel(["Ehe."])
    async with serving(scripted_engines(llm=model)) as (_, app_state):
        assert [piece async for piece in EnginePageHost(app_state).chat([Message("user", "Mhoro")])] == ["Ehe."]
    assert [message.role for message in model.asked[0].messages] == ["system", "user"]


async def test_what_is_too_much_or_nothing_is_refused():
    async with serving(scripted_engines(asr=ScriptedTranscriber([""])), max_audio_seconds=2) as (_, app_state):
        page = EnginePageHost(app_state)
        with pytest.raises(AudioTooLong):
            await page.talk(np.zeros(3 * INPUT_RATE, dtype=np.float32))
        with pytest.raises(NoSpeech):
            await page.talk(tone(1_000))
        with pytest.raises(TextTooLong):
            await page.say("a" * 401, "", 1.0)
        with pytest.raises(UnknownVoice):
            await page.say("mhoro", "nobody", 1.0)


async def test_a_server_that_is_stopping_is_not_ready():
    async with serving() as (_, app_state):
        app_state.stopping.set()
        assert EnginePageHost(app_state).readiness()["ready"] is False
