"""Text crosses from the thread to its listener in order, at most eight pieces ahead."""

import threading

import anyio
import pytest

from inzwa.engines.llm.batching.token_stream import MAX_PENDING, TokenStream
from inzwa.errors import EngineError


def nothing():
    pass


async def test_pieces_come_in_order_and_then_the_end():
    outlet = TokenStream(nothing)
    thread = threading.Thread(target=lambda: (outlet.put("a"), outlet.put("b"), outlet.end()))
    thread.start()
    assert [piece async for piece in outlet] == ["a", "b"]
    thread.join()
    outlet.close()


async def test_it_is_full_until_the_listener_takes_one():
    taken = []
    outlet = TokenStream(lambda: taken.append(1))
    for _ in range(MAX_PENDING):
        assert not outlet.full
        outlet.put("a")
    assert outlet.full
    await anext(outlet)
    assert (outlet.full, taken) == (False, [1])
    outlet.close()


async def test_an_error_is_raised_behind_the_last_piece():
    outlet = TokenStream(nothing)
    outlet.put("a")
    outlet.end(EngineError("llm", "broken"))
    assert await anext(outlet) == "a"
    with pytest.raises(EngineError, match="broken"):
        await anext(outlet)
    outlet.close()


async def test_what_comes_after_closing_is_dropped():
    outlet = TokenStream(nothing)
    outlet.close()
    outlet.put("a")
    outlet.end()
    await anyio.wait_all_tasks_blocked()


def test_a_loop_that_is_gone_is_no_error():
    async def make():
        return TokenStream(nothing)

    outlet = anyio.run(make)
    outlet.put("a")
    outlet.end()
    outlet.close()
