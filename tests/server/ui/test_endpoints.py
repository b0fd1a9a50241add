"""say, chat and talk, called as scripts call them, and what they say when they cannot."""

import wave
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from starlette.requests import HTTPConnection

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.engines.tts.scripted import ScriptedVoice, Spoken
from inzwa.errors import BadMessage, RateLimited, Unauthorized, UnknownVoice
from inzwa.protocols import Engines, Message, VoiceOptions
from inzwa.server.app_state import AppState
from inzwa.server.ui.endpoints import Endpoints
from tests.browser.microphone import write_wav
from tests.serving import scripted_engines, serving

RATE = ScriptedVoice().sample_rate


def second_of_sound(path: Path, seconds: float = 1.0) -> Path:
    return write_wav(path, np.full(int(16_000 * seconds), 0.1, dtype=np.float32), 16_000)


def caller(token: str = "") -> gr.Request:
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    return gr.Request(HTTPConnection({"type": "http", "headers": headers, "client": ("203.0.113.7", 1)}))


async def text_of(reply) -> str:
    return [text async for text in reply][-1]


def test_say_gives_a_sound_file(client: Client, engines: Engines) -> None:
    path = client.predict(text="Mhoro", voice="scripted-voice", speed=0.5, api_name="/say")
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnframes()) == (RATE, RATE // 2)
    assert engines.tts.spoken[-1] == Spoken("Mhoro", VoiceOptions(voice="scripted-voice", speed=0.5))


def test_say_needs_no_more_than_a_text(client: Client, engines: Engines) -> None:
    client.predict(text="Mhoro", api_name="/say")
    assert engines.tts.spoken[-1] == Spoken("Mhoro", VoiceOptions())


def test_chat_grows_its_reply(client: Client, engines: Engines) -> None:
    job = client.submit(message="Makadii?", history=[{"role": "user", "content": "Mhoro"}], api_name="/chat")
    assert job.result() == "Ndiripo, makadiiwo?"
    assert job.outputs() == ["Ndiripo, ", "Ndiripo, makadiiwo?"]
    system, *asked = engines.llm.asked[-1].messages
    assert system.role == "system"
    assert asked == [Message("user", "Mhoro"), Message("user", "Makadii?")]


def test_chat_needs_no_history(client: Client, engines: Engines) -> None:
    assert client.predict(message="Makadii?", api_name="/chat") == "Ndiripo, makadiiwo?"
    assert engines.llm.asked[-1].messages[1:] == (Message("user", "Makadii?"),)


def test_talk_takes_a_recording_and_gives_words_and_sound(client: Client, tmp_path: Path) -> None:
    audio = handle_file(second_of_sound(tmp_path / "clip.wav"))
    transcript, reply, spoken = client.predict(audio=audio, api_name="/talk")
    assert (transcript, reply) == ("16000 samples", "Ndiripo, makadiiwo?")
    assert Path(spoken).stat().st_size > RATE


def test_a_recording_that_is_too_long_is_refused_in_words(client: Client, tmp_path: Path) -> None:
    audio = handle_file(second_of_sound(tmp_path / "long.wav", 2.5))
    with pytest.raises(AppError, match="at most 2 seconds"):
        client.predict(audio=audio, api_name="/talk")


@pytest.mark.parametrize(("text", "words"), [(" ", "Write something"), ("a" * 41, "at most 40 letters")])
@pytest.mark.parametrize("call", [{"api_name": "/say"}, {"api_name": "/chat", "history": []}])
def test_a_text_of_the_wrong_length_is_refused_in_both_languages(client, call: dict, text: str, words: str) -> None:
    with pytest.raises(AppError, match=words) as refused:
        client.predict(text, **call)
    assert "·" in str(refused.value)


async def test_a_recording_in_which_nobody_speaks_is_answered_so_in_both_languages(tmp_path: Path) -> None:
    clip = second_of_sound(tmp_path / "quiet.wav")
    async with serving(scripted_engines(asr=ScriptedTranscriber([""]))) as (_, app_state):
        with pytest.raises(gr.Error, match=r"Handina kunzwa mashoko.*I heard no words"):
            await Endpoints(app_state).talk(str(clip))


async def test_nothing_recorded_is_said_in_words(cold: AppState) -> None:
    with pytest.raises(gr.Error, match="Record or upload"):
        await Endpoints(cold).talk(None)


async def test_an_error_of_the_server_is_said_in_the_pages_words(cold: AppState) -> None:
    with pytest.raises(gr.Error, match="waking up"):
        await Endpoints(cold).say("Mhoro")


async def test_a_voice_that_is_not_there_is_refused() -> None:
    async with serving() as (_, app_state):
        with pytest.raises(gr.Error) as refused:
            await Endpoints(app_state).say("Mhoro", "nobody")
    assert isinstance(refused.value.__cause__, UnknownVoice)


async def test_the_access_token_is_asked_for_where_one_is_set(tmp_path: Path) -> None:
    clip = str(second_of_sound(tmp_path / "clip.wav"))
    async with serving(access_token="svosve") as (_, app_state):
        page = Endpoints(app_state)
        for token in ("", "svosv"):
            for call in (page.say("Mhoro", request=caller(token)), page.talk(clip, caller(token))):
                with pytest.raises(gr.Error) as refused:
                    await call
                assert isinstance(refused.value.__cause__, Unauthorized)
            with pytest.raises(gr.Error) as refused:
                await text_of(page.chat("Mhoro", request=caller(token)))
            assert isinstance(refused.value.__cause__, Unauthorized)
        await page.say("Mhoro", request=caller("svosve"))
        await page.talk(clip, caller("svosve"))
        assert await text_of(page.chat("Mhoro", request=caller("svosve")))


async def test_calls_are_counted_by_address_each_kind_apart(tmp_path: Path) -> None:
    clip = str(second_of_sound(tmp_path / "clip.wav"))
    async with serving(requests_per_minute=1) as (_, app_state):
        page = Endpoints(app_state)
        await page.say("Mhoro", request=caller())
        await page.talk(clip, caller())
        await text_of(page.chat("Mhoro", request=caller()))
        for call in (page.say("Mhoro", request=caller()), page.talk(clip, caller())):
            with pytest.raises(gr.Error) as refused:
                await call
            assert isinstance(refused.value.__cause__, RateLimited)
        with pytest.raises(gr.Error) as refused:
            await text_of(page.chat("Mhoro", request=caller()))
        assert isinstance(refused.value.__cause__, RateLimited)


async def test_a_recording_is_heard_answered_and_spoken(tmp_path: Path) -> None:
    model = ScriptedChatModel(["Ehe."])
    async with serving(scripted_engines(llm=model)) as (_, app_state):
        heard, reply, (rate, sound) = await Endpoints(app_state).talk(str(second_of_sound(tmp_path / "clip.wav")))
        assert (heard, reply) == ("mhoro shamwari", "Ehe.")
        assert (rate, sound.dtype) == (RATE, np.int16)
        assert sound.size == 3 * RATE // 20
        assert np.abs(sound).max() > 3_000
    assert [message.role for message in model.asked[0].messages] == ["system", "user"]


@pytest.mark.parametrize(
    "history", [[{"role": "system", "content": "x"}], [{"content": "x"}], ["x"], [{"role": "user", "content": 1}]]
)
async def test_a_history_that_is_none_is_refused(cold: AppState, history: list) -> None:
    with pytest.raises(gr.Error) as refused:
        await text_of(Endpoints(cold).chat("Mhoro", history))
    assert isinstance(refused.value.__cause__, BadMessage)


@pytest.mark.parametrize(
    "history", [[{"role": "user", "content": "a"}] * 64, [{"role": "user", "content": "a" * 8_001}]]
)
async def test_a_history_without_bounds_is_refused(cold: AppState, history: list) -> None:
    with pytest.raises(gr.Error, match="too long"):
        await text_of(Endpoints(cold).chat("Mhoro", history))
