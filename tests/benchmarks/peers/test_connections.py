"""Sessions with the peers' servers: what the simulated user sends to them, and what it makes of what they say."""

import json
from base64 import b64decode, b64encode

import numpy as np
import pytest
from websockets.asyncio.server import serve

from benchmarks.peers.bot_connection import BotConnection, open_bot
from benchmarks.peers.realtime_connection import RELEASE, RealtimeConnection, open_realtime, translated
from benchmarks.rig.user import FRAME_SAMPLES, SILENCE
from inzwa.audio.pcm import pcm16_from_sound, sound_from_pcm16

SPEECH = np.full(FRAME_SAMPLES, 0.5, dtype=np.float32)


class ScriptedSocket:
    """Keeps what is sent, and gives what it was told to."""

    def __init__(self, *messages):
        self.sent, self._messages = [], list(messages)

    async def send(self, message):
        self.sent.append(message)

    async def recv(self):
        return self._messages.pop(0)

    @property
    def events(self):
        return [json.loads(message) for message in self.sent if isinstance(message, str)]


async def test_the_button_is_down_from_the_first_sound_to_the_end_of_the_turn():
    socket = ScriptedSocket()
    connection = BotConnection(socket, 22_050, button=True)
    for frame in (SILENCE, SPEECH, SILENCE, SPEECH):
        await connection.send_sound(frame)
    await connection.end_turn()
    await connection.send_sound(SILENCE)
    await connection.send_sound(SPEECH)
    kinds = ["sound" if isinstance(message, bytes) else json.loads(message)["type"] for message in socket.sent]
    assert kinds == ["sound", "begin_turn", "sound", "sound", "sound", "end_turn", "sound", "begin_turn", "sound"]


async def test_a_bot_with_a_detector_is_told_nothing_of_the_button():
    socket = ScriptedSocket()
    await BotConnection(socket, 22_050, button=False).send_sound(SPEECH)
    assert socket.sent == [pcm16_from_sound(SPEECH)]


async def test_a_bots_events_and_sound_come_as_they_are():
    connection = BotConnection(ScriptedSocket('{"type": "speech.stop"}', pcm16_from_sound(SPEECH)), 24_000, button=True)
    assert connection.sample_rate == 24_000
    assert await connection.receive() == {"type": "speech.stop"}
    np.testing.assert_allclose(await connection.receive(), SPEECH, atol=1e-4)


async def test_a_bot_is_told_to_stop_its_reply():
    async def bot(socket):
        assert json.loads(await socket.recv()) == {"type": "cancel"}
        await socket.send('{"type": "turn.end"}')

    async with (
        serve(bot, "127.0.0.1", 0) as server,
        open_bot(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", 24_000, button=False) as connection,
    ):
        await connection.cancel()
        assert await connection.receive() == {"type": "turn.end"}


async def test_sound_goes_to_a_realtime_server_as_base64():
    socket = ScriptedSocket()
    await RealtimeConnection(socket).send_sound(SPEECH)
    (event,) = socket.events
    assert event["type"] == "input_audio_buffer.append"
    assert b64decode(event["audio"]) == pcm16_from_sound(SPEECH)


async def test_letting_the_button_go_gives_a_detector_the_silence_that_it_waits_for():
    socket = ScriptedSocket()
    await RealtimeConnection(socket).end_turn()
    (event,) = socket.events
    silence = sound_from_pcm16(b64decode(event["audio"]))
    assert silence.size == RELEASE.size == 3200
    assert not silence.any()


async def test_a_realtime_server_is_told_to_stop_its_reply():
    socket = ScriptedSocket()
    await RealtimeConnection(socket).cancel()
    assert socket.events == [{"type": "response.cancel"}]


@pytest.mark.parametrize(
    ("event", "known"),
    [
        ({"type": "input_audio_buffer.speech_stopped"}, {"type": "speech.stop"}),
        (
            {"type": "conversation.item.input_audio_transcription.completed", "transcript": " Mhoro. "},
            {"type": "asr.final", "text": "Mhoro."},
        ),
        (
            {"type": "response.output_audio_transcript.done", "transcript": "Mhoroi."},
            {"type": "llm.final", "text": "Mhoroi."},
        ),
        ({"type": "response.done", "response": {"status": "completed"}}, {"type": "turn.end"}),
        (
            {"type": "error", "error": {"type": "server_error", "message": "x"}},
            {"type": "error", "code": "server_error"},
        ),
        ({"type": "response.created"}, None),
    ],
)
def test_what_is_known_of_openais_events(event, known):
    assert translated(event) == known


async def test_events_that_say_nothing_to_the_user_are_passed_over():
    delta = {"type": "response.output_audio.delta", "delta": b64encode(pcm16_from_sound(SPEECH)).decode()}
    socket = ScriptedSocket(json.dumps({"type": "response.created"}), json.dumps(delta))
    np.testing.assert_allclose(await RealtimeConnection(socket).receive(), SPEECH, atol=1e-4)


async def test_a_realtime_session_begins_when_its_instructions_are_accepted():
    asked = []

    async def server(socket):
        asked.append((socket.request.path, json.loads(await socket.recv())))
        for kind in ("session.created", "session.updated", "response.done"):
            await socket.send(json.dumps({"type": kind}))

    async with (
        serve(server, "127.0.0.1", 0) as listening,
        open_realtime(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", "Be brief.") as connection,
    ):
        assert await connection.receive() == {"type": "turn.end"}
    session = {"type": "realtime", "instructions": "Be brief."}
    assert asked == [("/v1/realtime", {"type": "session.update", "session": session})]
