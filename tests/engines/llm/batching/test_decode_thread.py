"""The thread serves many listeners, drops the requests of those that leave, and sleeps when there is nothing to do."""

import threading
from contextlib import contextmanager

import anyio
import pytest

from inzwa.engines.llm.batching.decode_thread import MAX_WAITING, DecodeThread
from inzwa.engines.llm.batching.kv_cache import KvCache
from inzwa.engines.llm.batching.token_stream import MAX_PENDING, TokenStream
from inzwa.errors import EngineError, Overloaded
from tests.engines.llm.doubles import POISON, CountingRunner, ask


@contextmanager
def decoding(max_running=2, capacity=10_000, **wishes):
    """A decode thread on a counting runner with a slot for each request."""
    runner = CountingRunner(**wishes)
    with DecodeThread(runner, KvCache(runner, max_running, capacity), max_running) as decode_thread:
        yield decode_thread


def submit(decode_thread, prompt, **wishes):
    request = ask(prompt, stream=TokenStream(decode_thread.wake), **wishes)
    try:
        decode_thread.submit(request)
    except Overloaded:
        request.stream.close()
        raise
    return request


async def heard(request):
    text = "".join([piece async for piece in request.stream])
    request.stream.close()
    return text


def leave(decode_thread, request):
    decode_thread.cancel(request)
    request.stream.close()


async def test_a_reply_reaches_its_listener():
    with decoding() as decode_thread:
        assert await heard(submit(decode_thread, [5, 5])) == "<2><3><4>"
        assert decode_thread.stats().finished == 1


async def test_requests_beyond_max_running_wait_and_are_all_answered():
    with decoding(max_running=2) as decode_thread:
        requests = [submit(decode_thread, [5] * length) for length in range(1, 11)]
        assert [await heard(request) for request in requests] == [f"<{n}><{n + 1}><{n + 2}>" for n in range(1, 11)]
        assert decode_thread.stats().finished == 10


async def test_a_request_beyond_the_queue_is_refused_with_a_hint():
    with decoding(max_running=1) as decode_thread:
        requests = [submit(decode_thread, [5], limit=50) for _ in range(1 + MAX_WAITING)]
        with pytest.raises(Overloaded) as refused:
            submit(decode_thread, [5])
        assert refused.value.retry_after_s > 0
        assert decode_thread.stats().refused == 1
        for request in requests:
            leave(decode_thread, request)


async def test_a_cancelled_request_gives_its_slot_to_the_next():
    with decoding(max_running=1) as decode_thread:
        endless, waiting = submit(decode_thread, [5], limit=9_000), submit(decode_thread, [5])
        await anext(endless.stream)
        leave(decode_thread, endless)
        assert await heard(waiting) == "<1><2><3>"


async def test_a_request_may_be_cancelled_while_it_waits():
    with decoding(max_running=1) as decode_thread:
        endless, waiting = submit(decode_thread, [5], limit=9_000), submit(decode_thread, [6])
        leave(decode_thread, waiting)
        leave(decode_thread, endless)
        assert await heard(submit(decode_thread, [5])) == "<1><2><3>"
        assert decode_thread.stats().cancelled == 2


async def test_cancelling_what_is_over_is_no_error():
    with decoding() as decode_thread:
        request = submit(decode_thread, [5])
        await heard(request)
        decode_thread.cancel(request)
        assert await heard(submit(decode_thread, [5])) == "<1><2><3>"


async def test_a_listener_that_takes_nothing_does_not_slow_the_others():
    with decoding(max_running=2) as decode_thread:
        slow = submit(decode_thread, [5], limit=100)
        for _ in range(3):
            assert await heard(submit(decode_thread, [6], limit=50))
        assert decode_thread.stats().generated_tokens - 3 * 50 <= MAX_PENDING
        assert (await heard(slow)).count("<") == 100


async def test_nothing_is_decoded_while_every_listener_is_behind():
    with decoding(max_running=2) as decode_thread:
        slow, probe = submit(decode_thread, [5], limit=100), submit(decode_thread, [6], limit=40)
        await heard(probe)
        await heard(submit(decode_thread, [7], limit=40))
        before = decode_thread.stats().batches
        await anext(slow.stream)
        await heard(submit(decode_thread, [7], limit=1))
        assert decode_thread.stats().batches <= before + 2
        leave(decode_thread, slow)


async def test_a_prefill_is_cancelled_by_its_sessions_reply():
    gate = threading.Event()
    with decoding(max_running=1, gate=gate) as decode_thread:
        ahead = submit(decode_thread, [5] * 899, session="a", generates=False)
        reply = submit(decode_thread, [5] * 899, session="a", limit=1)
        gate.set()
        assert await heard(ahead) == ""
        assert await heard(reply) == "<899>"


async def test_a_failed_request_leaves_the_others_and_the_next():
    with decoding() as decode_thread:
        good, bad = submit(decode_thread, [5], limit=20), submit(decode_thread, [POISON])
        with pytest.raises(EngineError):
            await heard(bad)
        bad.stream.close()
        assert (await heard(good)).count("<") == 20
        assert await heard(submit(decode_thread, [5])) == "<1><2><3>"


async def test_forgetting_a_session_makes_its_next_prompt_new():
    with decoding() as decode_thread:
        await heard(submit(decode_thread, [5, 6, 7], session="a", limit=1))
        decode_thread.forget("a")
        before = decode_thread.stats().prefilled_tokens
        await heard(submit(decode_thread, [5, 6, 7], session="a", limit=1))
        assert decode_thread.stats().prefilled_tokens - before == 3


async def test_closing_is_an_error_for_those_who_still_listen():
    with decoding() as decode_thread:
        request = submit(decode_thread, [5], limit=9_000)
        await anext(request.stream)
    with pytest.raises(EngineError, match="closed"):
        await heard(request)
    request.stream.close()


async def test_a_closed_decode_thread_takes_nothing():
    with decoding() as decode_thread:
        pass
    request = ask([5])
    with pytest.raises(EngineError, match="closed"):
        decode_thread.submit(request)


async def test_listeners_may_come_and_go_by_the_dozen():
    with decoding(max_running=3) as decode_thread:

        async def visit(number):
            request = submit(decode_thread, [5] * (number % 7 + 1), limit=number % 11 + 1, session=str(number % 4))
            if number % 3:
                assert (await heard(request)).count("<") == number % 11 + 1
            else:
                leave(decode_thread, request)

        for start in range(0, 60, 10):
            async with anyio.create_task_group() as group:
                for number in range(start, start + 10):
                    group.start_soon(visit, number)
        assert await heard(submit(decode_thread, [5])) == "<1><2><3>"
        assert decode_thread.stats().failed == 0
