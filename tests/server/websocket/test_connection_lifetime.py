"""/ws/audio and how sessions end: clients that vanish or stop reading, servers that stop, many at once."""

import asyncio

import anyio
import numpy as np

from inzwa.cli.client import open_client
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.events import EndTurn, TypedText
from tests.server.websocket.talking import answer, close_code, raw_socket
from tests.serving import scripted_engines, serving
from tests.sounds import frames, utterance


async def test_a_client_that_vanishes_leaves_no_task_and_no_session():
    async with serving() as (url, app_state):
        before = len(asyncio.all_tasks())
        for message in (None, '{"type":"text","text":"makadii"}', *frames(utterance())[:1]):
            async with raw_socket(url) as socket:
                await socket.send('{"type":"start"}')
                await answer(socket)
                if message:
                    await socket.send(message)
                socket.transport.abort()
        with anyio.fail_after(10):
            while app_state.admission.sessions or len(asyncio.all_tasks()) > before:
                await anyio.lowlevel.checkpoint()


async def test_a_client_that_stops_reading_is_let_go_and_others_go_on():
    engines = scripted_engines(llm=ScriptedChatModel(["Nyaya refu kwazvo isingaperi. " * 4000]))
    limits = {"request_timeout_s": 0.5, "audio_out_codec": "pcm16"}
    async with serving(engines, **limits) as (url, app_state), raw_socket(url) as lazy:
        await lazy.send('{"type":"start"}')
        await answer(lazy)
        async with open_client(url) as other:  # before the flood: it has half a second to say `start`
            lazy.transport.pause_reading()
            await lazy.send('{"type":"text","text":"ngano"}')
            await other.send(EndTurn())
            assert (await other.turn()).events[-1]["reason"] == "no_speech"
        with anyio.fail_after(20):
            while app_state.admission.sessions:
                await anyio.lowlevel.checkpoint()
        lazy.transport.abort()


async def test_four_sessions_at_once_hear_only_their_own_replies():
    def reply(messages):
        return [f"Wati {messages[-1].content}."]

    async with serving(scripted_engines(llm=ScriptedChatModel(reply))) as (url, _):

        async def talk(name: str) -> None:
            async with open_client(url) as client:
                for number in range(5):
                    await client.send(TypedText(f"{name}{number}"))
                    record = await client.turn()
                    assert record.text("llm.final") == f"Wati {name}{number}."

        async with anyio.create_task_group() as tasks:
            for name in ("tendai", "rudo", "farai", "chipo"):
                tasks.start_soon(talk, name)


async def test_a_stopping_server_says_so_and_lets_the_turn_finish():
    gate = anyio.Event()
    engines = scripted_engines(llm=ScriptedChatModel(ScriptedReply(pieces=("Ha, ", "hi."), gates={1: gate})))
    async with serving(engines) as (url, app_state), open_client(url) as client:
        await client.send(TypedText("taura"))
        while (await client.receive())["type"] != "llm.partial":
            pass
        app_state.admission.stopping.set()
        event = await client.receive()
        while isinstance(event, np.ndarray) or event["type"] != "going_away":
            event = await client.receive()
        gate.set()
        assert (await client.turn()).events[-1]["type"] == "turn.end"
        assert await close_code(client._socket) == 1001
        async with raw_socket(url) as late:
            assert (await answer(late))["code"] == "not_ready"
            assert await close_code(late) == 1013
