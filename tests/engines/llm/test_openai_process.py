"""The engine against a real server in a process of its own: llama-cpp-python's, with the small model."""

import socket
import subprocess
import sys
from contextlib import aclosing, asynccontextmanager

import pytest

from inzwa.engines.llm.openai import Server, open_openai
from inzwa.errors import EngineError, EngineRefused
from inzwa.protocols import ChatOptions, Message

pytestmark = pytest.mark.weights

QUESTION = [Message("system", "You answer in one short sentence."), Message("user", "What is the capital of France?")]
GREEDY = ChatOptions(temperature=0, max_new_tokens=12)
KEY = "svosve"


@pytest.fixture(scope="module")
def url(models):
    """The server's address, once it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    model = models.fetch("smollm2-135m").path(".gguf")
    options = {"model": model, "model_alias": "smol", "port": port, "api_key": KEY, "n_ctx": 256, "n_threads": 2}
    command = [sys.executable, "-m", "llama_cpp.server", *(f"--{name}={value}" for name, value in options.items())]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert any("Uvicorn running" in line for line in process.stderr), "the server did not start"
            yield f"http://localhost:{port}/v1"
        finally:
            process.kill()


@asynccontextmanager
async def opened(url, key=KEY):
    async with open_openai(Server(url=url, key=key), context_tokens=256) as chat:
        yield chat


async def said(chat, messages=QUESTION, options=GREEDY):
    async with aclosing(chat.reply(messages, options)) as pieces:
        return [piece async for piece in pieces]


async def test_a_real_server_answers_piece_by_piece(url):
    async with opened(url) as chat:
        assert (chat.info.model, chat.info.warm_ms > 0) == ("smol", True)
        heard = await said(chat)
        assert 3 < len(heard) <= 12
        assert await said(chat) == heard


async def test_a_reply_that_was_closed_does_not_delay_the_next(url):
    async with opened(url) as chat:
        async with aclosing(chat.reply(QUESTION, ChatOptions(max_new_tokens=200))) as pieces:
            await anext(pieces)
        assert await said(chat)


async def test_a_wrong_key_is_refused_when_the_engine_opens(url):
    with pytest.raises(EngineRefused, match="set INZWA_OPENAI_API_KEY"):
        async with opened(url, key="wrong"):
            pass


async def test_a_conversation_that_is_too_long_is_an_error_and_not_the_end(url):
    async with opened(url) as chat:
        with pytest.raises(EngineError):
            await said(chat, [Message("user", "mhoro " * 400)])
        assert await said(chat)
