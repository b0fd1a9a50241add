"""say, chat and talk, called as scripts call them, and what they say when they cannot."""

import wave
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.errors import BadMessage, NotReady
from inzwa.protocols import Message
from inzwa.server.ui.endpoints import Endpoints
from inzwa.server.ui.engine_host import EnginePageHost
from tests.browser.microphone import write_wav
from tests.server.ui.scripted_host import RATE, ScriptedHost
from tests.serving import scripted_engines, serving


def second_of_sound(path: Path, seconds: float = 1.0) -> Path:
    return write_wav(path, np.full(int(16_000 * seconds), 0.1, dtype=np.float32), 16_000)


def test_say_gives_a_sound_file(client: Client, host: ScriptedHost) -> None:
    path = client.predict(text="Mhoro", voice="scripted-voice", speed=1.5, api_name="/say")
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnframes()) == (RATE, RATE)
    assert host.said[-1] == ("Mhoro", "scripted-voice", 1.5)


def test_every_call_asks_to_be_admitted(client: Client, host: ScriptedHost, tmp_path: Path) -> None:
    host.admitted.clear()
    client.predict(text="Mhoro", api_name="/say")
    client.predict(message="Makadii?", api_name="/chat")
    client.predict(audio=handle_file(second_of_sound(tmp_path / "clip.wav")), api_name="/talk")
    assert [call for _, call in host.admitted] == ["say", "chat", "talk"]


def test_say_needs_no_more_than_a_text(client: Client, host: ScriptedHost) -> None:
    client.predict(text="Mhoro", api_name="/say")
    assert host.said[-1] == ("Mhoro", "", 1.0)


def test_chat_grows_its_reply(client: Client, host: ScriptedHost) -> None:
    job = client.submit(message="Makadii?", history=[{"role": "user", "content": "Mhoro"}], api_name="/chat")
    assert job.result() == "Ndiripo, makadiiwo?"
    assert job.outputs() == ["Ndiripo, ", "Ndiripo, makadiiwo?"]
    assert list(host.asked[-1]) == [Message("user", "Mhoro"), Message("user", "Makadii?")]


def test_chat_needs_no_history(client: Client, host: ScriptedHost) -> None:
    assert client.predict(message="Makadii?", api_name="/chat") == "Ndiripo, makadiiwo?"
    assert list(host.asked[-1]) == [Message("user", "Makadii?")]


def test_talk_takes_a_recording_and_gives_words_and_sound(client: Client, tmp_path: Path) -> None:
    audio = handle_file(second_of_sound(tmp_path / "clip.wav"))
    transcript, reply, spoken = client.predict(audio=audio, api_name="/talk")
    assert (transcript, reply) == ("16000 samples", "Ndiripo.")
    assert Path(spoken).stat().st_size > RATE


def test_a_recording_that_is_too_long_is_refused_in_words(client: Client, tmp_path: Path) -> None:
    audio = handle_file(second_of_sound(tmp_path / "long.wav", 2.5))
    with pytest.raises(AppError, match="at most 2 seconds"):
        client.predict(audio=audio, api_name="/talk")


@pytest.mark.parametrize(("text", "words"), [(" ", "Write something"), ("a" * 41, "at most 40 letters")])
def test_a_text_of_the_wrong_length_is_refused_in_both_languages(client: Client, text: str, words: str) -> None:
    with pytest.raises(AppError, match=words) as refused:
        client.predict(message=text, history=[], api_name="/chat")
    assert "·" in str(refused.value)


async def test_nothing_recorded_is_said_in_words() -> None:
    with pytest.raises(gr.Error, match="Record or upload"):
        await Endpoints(ScriptedHost()).talk(None)


async def test_a_recording_in_which_nobody_speaks_is_answered_so_in_both_languages(tmp_path: Path) -> None:
    clip = second_of_sound(tmp_path / "quiet.wav")
    async with serving(scripted_engines(asr=ScriptedTranscriber([""]))) as (_, app_state):
        with pytest.raises(gr.Error, match=r"Handina kunzwa mashoko.*I heard no words"):
            await Endpoints(EnginePageHost(app_state)).talk(str(clip))


async def test_an_error_of_the_server_is_said_in_the_pages_words() -> None:
    endpoints = Endpoints(ScriptedHost(error=NotReady("warming")))
    with pytest.raises(gr.Error, match="waking up"):
        await endpoints.say("Mhoro")


@pytest.mark.parametrize(
    "history", [[{"role": "system", "content": "x"}], [{"content": "x"}], ["x"], [{"role": "user", "content": 1}]]
)
async def test_a_history_that_is_none_is_refused(history: list) -> None:
    with pytest.raises(gr.Error) as refused:
        [_ async for _ in Endpoints(ScriptedHost()).chat("Mhoro", history)]
    assert isinstance(refused.value.__cause__, BadMessage)


@pytest.mark.parametrize(
    "history", [[{"role": "user", "content": "a"}] * 64, [{"role": "user", "content": "a" * 8_001}]]
)
async def test_a_history_without_bounds_is_refused(history: list) -> None:
    with pytest.raises(gr.Error):
        [_ async for _ in Endpoints(ScriptedHost()).chat("Mhoro", history)]
