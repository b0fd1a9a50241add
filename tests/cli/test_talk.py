"""python -m inzwa talk: every form of an address, and every way in which a server may refuse."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import numpy as np
import pytest
import soundfile
from anyio import to_thread
from websockets.asyncio.server import Request, Response, ServerConnection, serve

from inzwa.cli.client import base_url
from inzwa.cli.main import main
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.errors import EngineError, Unreachable
from tests.serving import scripted_engines, serving

READY = {"type": "ready", "audio_out": "pcm16", "models": {}}
PROBLEM = {"type": "error", "code": "rate_limited", "message": "Too much sound.", "retryable": True}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "said.wav", np.full(16_000, 0.5), 16_000)
    return tmp_path / "said.wav"


async def talk(recording: Path, url: str, **environment: str) -> int:
    command = ["talk", str(recording), "--url", url, "-o", str(recording.with_name("reply.wav"))]
    return await to_thread.run_sync(main, command, environment)


@asynccontextmanager
async def stranger(
    answer: Callable[[ServerConnection], Awaitable[None]], status: HTTPStatus | None = None
) -> AsyncIterator[str]:
    """A WebSocket server that is not Inzwa's; with a status it opens no socket."""

    def refuse(connection: ServerConnection, _: Request) -> Response | None:
        return connection.respond(status, "no") if status else None

    async with serve(answer, "127.0.0.1", 0, process_request=refuse) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["http", "ws"])
@pytest.mark.parametrize("path", ["", "/", "/ws/audio", "/ws/audio/"])
async def test_an_address_may_be_given_in_every_form(recording, scheme, path, capsys):
    async with serving() as (url, _):
        assert await talk(recording, url.replace("http", scheme) + path) == 0
    assert "first audio after" in capsys.readouterr().out
    assert soundfile.info(recording.with_name("reply.wav")).frames > 0


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://a.hf.space", "https://a.hf.space"),
        ("wss://a.hf.space/ws/audio", "https://a.hf.space"),
        ("WS://[::1]:7860/x/ws/audio?token=1", "http://[::1]:7860/x"),
    ],
)
def test_an_address_keeps_its_host_and_its_prefix(url, base):
    assert base_url(url) == base


@pytest.mark.parametrize("url", ["localhost:7860", "ftp://localhost", "http://", "http://[::1", ""])
def test_what_is_no_address_is_refused_with_an_example(url):
    with pytest.raises(Unreachable, match="http://localhost:7860"):
        base_url(url)


async def test_a_wrong_token_is_told_with_its_code(recording, capsys):
    async with serving(access_token="svosve") as (url, _):
        assert await talk(recording, url, INZWA_ACCESS_TOKEN="other") == 1
        assert await talk(recording, url, INZWA_ACCESS_TOKEN="svosve") == 0
    assert capsys.readouterr().err.startswith(f"unreachable: No conversation with {url}: unauthorized: ")


async def test_a_status_of_http_is_told(recording, capsys):
    async with stranger(lambda _: None, HTTPStatus.FORBIDDEN) as url:
        assert await talk(recording, url) == 1
    assert capsys.readouterr().err == f"unreachable: No conversation with {url}: it answers HTTP 403 Forbidden\n"


async def test_a_path_that_the_server_does_not_have_is_told(recording, capsys):
    async with serving() as (url, _):
        assert await talk(recording, f"{url}/elsewhere") == 1
    assert "it answers HTTP 403 Forbidden" in capsys.readouterr().err


async def test_a_socket_that_is_closed_before_the_session_is_told_with_its_reason(recording, capsys):
    async with stranger(lambda socket: socket.close(1013, "come back later")) as url:
        assert await talk(recording, url) == 1
    assert "the connection was closed (1013 (try again later) come back later)" in capsys.readouterr().err


@pytest.mark.parametrize("message", ["hello", "[1]", '{"type": "greeting"}', b"\x00\xff"])
async def test_another_kind_of_server_is_told(recording, message, capsys):
    async with stranger(lambda socket: socket.send(message)) as url:
        assert await talk(recording, url) == 1
    assert "it is another kind of server" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("messages", "told"), [([PROBLEM], "rate_limited: Too much sound."), ([], "the connection was closed (1000 (OK))")]
)
async def test_a_session_that_ends_in_the_middle_of_a_turn_is_told(recording, messages, told, capsys):
    async def answer(socket: ServerConnection) -> None:
        for message in (READY, *messages):
            await socket.send(json.dumps(message))

    async with stranger(answer) as url:
        assert await talk(recording, url) == 1
    assert capsys.readouterr().err == f"unreachable: No conversation with {url}: {told}\n"


async def test_a_turn_that_fails_is_told_with_its_error(recording, capsys):
    llm = ScriptedChatModel(ScriptedReply(fails_at=0, error=EngineError("llm", "The llm engine failed.")))
    async with serving(scripted_engines(llm=llm)) as (url, _):
        assert await talk(recording, url) == 1
    assert capsys.readouterr().err.endswith("engine_failed: The llm engine failed.\n")


async def test_a_turn_in_which_nobody_speaks_is_told(recording, capsys):
    soundfile.write(recording, np.zeros(16_000), 16_000)
    async with serving() as (url, _):
        assert await talk(recording, url) == 1
    assert capsys.readouterr().err.endswith("The turn was cancelled: no_speech.\n")
