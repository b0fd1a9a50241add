"""Text crosses from the thread to its listener in order, at most eight pieces ahead."""

import threading

import anyio
import pytest

from inzwa.engines.llm.batching.token_stream import MAX_PENDING, TokenStream
from inzwa.errors import EngineError


def nothing():
    pass


async def test_pieces_come_in_order_and_then_the_end():
    stream = TokenStream(nothing)
    thread = threading.Thread(target=lambda: (stream.put("a"), stream.put("b"), stream.end()))
    thread.start()
    assert [piece async for piece in stream] == ["a", "b"]
    thread.join()
    stream.close()


async def test_it_is_full_until_the_listener_takes_one():
    taken = []
    stream = TokenStream(lambda: taken.append(1))
    for _ in range(MAX_PENDING):
        assert not stream.full
        stream.put("a")
    assert stream.full
    await anext(stream)
    assert (stream.full, taken) == (False, [1])
    stream.close()


async def test_an_error_is_raised_behind_the_last_piece():
    stream = TokenStream(nothing)
    stream.put("a")
    stream.end(EngineError("llm", "broken"))
    assert await anext(stream) == "a"
    with pytest.raises(EngineError, match="broken"):
        await anext(stream)
    stream.close()


async def test_what_comes_after_closing_is_dropped():
    stream = TokenStream(nothing)
    stream.close()
    stream.put("a")
    stream.end()
    await anyio.wait_all_tasks_blocked()


def test_a_loop_that_is_gone_is_no_error():
    async def make():
        return TokenStream(nothing)

    stream = anyio.run(make)
    stream.put("a")
    stream.end()
    stream.close()
