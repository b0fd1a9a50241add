"""The engine against a server on loopback that fails in every way."""

from contextlib import aclosing, asynccontextmanager

import anyio
import pytest

from inzwa.engines.llm.openai import PAUSES_S, OpenAIChat, Server, open_openai
from inzwa.errors import EngineError, EngineRefused, EngineTimeout
from inzwa.protocols import ChatOptions, Message
from tests.engines.llm.openai_server import DONE, chunk, dropped, loopback, raw, said, status

HI = [Message("user", "Mhoro")]
WORDS = said("Ndiri", "po, ", "makadii?")


@asynccontextmanager
async def opened(server, pauses=None, **values):
    async def pause(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)

    async with open_openai(Server(url=server.url, **values), context_tokens=2_048, pause=pause) as chat:
        server.asked.clear()
        yield chat


async def whole(chat: OpenAIChat, options=None, heard=None):
    """The reply's pieces; those before an error are in `heard` too."""
    heard = [] if heard is None else heard
    async with aclosing(chat.reply(HI, options or ChatOptions())) as pieces:
        async for piece in pieces:
            heard += [piece]
    return heard


async def test_a_reply_comes_in_pieces_under_the_key_and_the_models_name():
    async with loopback(WORDS) as server, opened(server, key="svosve") as chat:
        assert await whole(chat) == ["Ndiri", "po, ", "makadii?"]
        assert set(server.keys) == {"Bearer svosve"}
        assert server.asked[0]["model"] == "tiny"


async def test_no_proxy_is_asked_to_compress_what_is_read_as_it_arrives():
    async with loopback(WORDS) as server, opened(server) as chat:
        await whole(chat)
        assert set(server.encodings) == {"identity"}


async def test_it_says_what_it_runs_on_and_never_the_key():
    async with loopback(WORDS) as server, opened(server, key="svosve") as chat:
        assert (chat.info.engine, chat.info.model, chat.info.source) == ("openai", "tiny", server.url)
        assert chat.context_tokens == 512
        assert "svosve" not in repr((chat.info, Server(url=server.url, key="svosve")))


async def test_a_model_may_be_named():
    async with loopback(WORDS) as server, opened(server, model="other") as chat:
        assert (chat.info.model, chat.context_tokens) == ("other", 2_048)


async def test_a_prompt_is_never_counted_shorter_than_it_is():
    async with loopback(WORDS) as server, opened(server) as chat:
        assert chat.count_tokens(HI) >= 5
        assert chat.count_tokens([*HI, *HI]) == 2 * chat.count_tokens(HI)
        await chat.prepare(HI, ChatOptions())
        await chat.forget("anybody")
        assert server.asked == []


@pytest.mark.parametrize(
    "trouble",
    [status(503), status(429), dropped, raw(ended=False), raw(b"data: nonsense\n\n"), raw(DONE[:7])],
    ids=["503", "429", "dropped", "cut off", "garbled", "half a line"],
)
async def test_what_fails_before_the_first_word_is_tried_again_a_little_later(trouble):
    pauses: list[float] = []
    async with loopback(WORDS) as server, opened(server, pauses) as chat:
        server.answers[:] = [trouble, trouble, WORDS]
        assert await whole(chat) == ["Ndiri", "po, ", "makadii?"]
        assert pauses == [*PAUSES_S]


async def test_it_is_not_tried_for_ever():
    async with loopback(WORDS) as server, opened(server) as chat:
        server.answers[:] = [status(503)]
        with pytest.raises(EngineError, match="503"):
            await whole(chat)
        assert len(server.asked) == 1 + len(PAUSES_S)


@pytest.mark.parametrize(("code", "says"), [(401, "key"), (404, "INZWA_OPENAI_MODEL"), (400, "refuses the request")])
async def test_a_refusal_is_not_tried_again(code, says):
    async with loopback(WORDS) as server, opened(server) as chat:
        server.answers[:] = [status(code)]
        with pytest.raises(EngineRefused, match=says):
            await whole(chat)
        assert len(server.asked) == 1


async def test_a_server_that_wants_a_long_pause_is_not_asked_again():
    async with loopback(WORDS) as server, opened(server) as chat:
        server.answers[:] = [status(429, Retry_After="30")]
        with pytest.raises(EngineError, match="busy") as caught:
            await whole(chat)
        assert (caught.value.retry_after_s, len(server.asked)) == (30.0, 1)


@pytest.mark.parametrize(
    "rest",
    [
        raw(chunk("Ndiri"), ended=False),
        raw(chunk("Ndiri")),
        raw(chunk("Ndiri"), b"data: {nonsense\n\n"),
        raw(chunk("Ndiri"), b'data: {"error": {"message": "out of memory", "code": "oom"}}\n\n'),
        raw(chunk("Ndiri"), b"data: " + b"x" * 100_000),
    ],
    ids=["dropped", "ended early", "garbled", "an error inside", "an endless line"],
)
async def test_after_the_first_word_nothing_is_tried_again(rest):
    heard: list[str] = []
    async with loopback(WORDS) as server, opened(server) as chat:
        server.answers[:] = [rest]
        with pytest.raises(EngineError, match=server.url):
            await whole(chat, heard=heard)
        assert (heard, len(server.asked)) == (["Ndiri"], 1)


async def test_a_server_that_says_nothing_is_a_timeout_and_not_asked_again():
    async with loopback(WORDS) as server, opened(server, timeout_s=0.2) as chat:
        server.answers[:] = [raw(hangs=True)]
        with pytest.raises(EngineTimeout, match="too long"):
            await whole(chat)
        assert len(server.asked) == 1


async def test_closing_a_reply_hangs_up_at_once():
    async with loopback(WORDS) as server, opened(server) as chat:
        server.answers[:] = [raw(chunk("Ndiri"), hangs=True)]
        async with aclosing(chat.reply(HI, ChatOptions())) as pieces:
            assert await anext(pieces) == "Ndiri"
        with anyio.fail_after(5):
            await server.left.wait()


async def test_cancelling_a_listener_hangs_up_at_once():
    async with loopback(WORDS) as server, opened(server) as chat:
        server.answers[:] = [raw(chunk("Ndiri"), hangs=True), WORDS]
        with anyio.CancelScope() as scope:
            async with aclosing(chat.reply(HI, ChatOptions())) as pieces:
                async for _ in pieces:
                    scope.cancel()
        with anyio.fail_after(5):
            await server.left.wait()
        assert await whole(chat)


async def test_a_stop_word_and_the_limit_end_a_reply_that_goes_on():
    async with loopback(WORDS) as server, opened(server) as chat:
        server.answers[:] = [raw(*map(chunk, ("Ehe. ", "STO", "P kwete")), hangs=True)]
        assert "".join(await whole(chat, ChatOptions(stop=("STOP",)))) == "Ehe. "
        server.answers[:] = [raw(*map(chunk, "abcdef"), hangs=True)]
        assert await whole(chat, ChatOptions(max_new_tokens=3)) == ["a", "b", "c"]


async def test_eight_replies_at_once_do_not_mix():
    async with loopback(WORDS) as server, opened(server) as chat:
        replies: list[list[str]] = []

        async def ask() -> None:
            replies.append(await whole(chat))

        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(ask)
        assert replies == [["Ndiri", "po, ", "makadii?"]] * 8


async def test_a_server_that_is_not_there_is_an_error_when_the_engine_opens():
    with pytest.raises(EngineError, match=r"http://127\.0\.0\.1:1/v1 cannot be reached: is the server running\?"):
        async with open_openai(Server(url="http://127.0.0.1:1/v1"), context_tokens=512):
            pass


@pytest.mark.parametrize(
    ("models", "says"),
    [(b'{"data": []}', "lists no model"), (b"<html>", "no list of models"), (b'{"data": [' * 400_000, "no list")],
)
async def test_a_list_of_models_that_cannot_be_used_is_an_error(models, says):
    async with loopback(WORDS) as server:
        server.models = models
        with pytest.raises(EngineError, match=says):
            async with opened(server):
                pass


async def test_a_key_that_cannot_be_one_is_refused_and_not_repeated():
    with pytest.raises(EngineRefused, match="holds letters that no key has") as caught:
        async with open_openai(Server(url="http://127.0.0.1:1/v1", key="sv\nos"), context_tokens=512):
            pass
    assert "os" not in caught.value.message.split()
