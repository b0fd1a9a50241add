"""The thread serves many listeners, lets go of those that leave, and sleeps when there is nothing to do."""

import threading
from contextlib import contextmanager

import anyio
import pytest

from inzwa.engines.llm.batching.decode_thread import MAX_WAITING, Decoder
from inzwa.engines.llm.batching.kv_cache import KvCache
from inzwa.engines.llm.batching.token_stream import MAX_PENDING, TokenStream
from inzwa.errors import EngineError, Overloaded
from tests.engines.llm.doubles import POISON, CountingMachine, ask


@contextmanager
def decoding(places=2, capacity=10_000, **machine):
    """A decoder on a counting machine with as many seats as places."""
    counting = CountingMachine(**machine)
    with Decoder(counting, KvCache(counting, places, capacity), places) as decoder:
        yield decoder


def submit(decoder, prompt, **wishes):
    job = ask(prompt, outlet=TokenStream(decoder.wake), **wishes)
    try:
        decoder.submit(job)
    except Overloaded:
        job.outlet.close()
        raise
    return job


async def heard(job):
    text = "".join([piece async for piece in job.outlet])
    job.outlet.close()
    return text


def leave(decoder, job):
    decoder.withdraw(job)
    job.outlet.close()


async def test_a_reply_reaches_its_listener():
    with decoding() as decoder:
        assert await heard(submit(decoder, [5, 5])) == "<2><3><4>"
        assert decoder.counts().finished == 1


async def test_requests_beyond_the_places_wait_and_are_all_answered():
    with decoding(places=2) as decoder:
        jobs = [submit(decoder, [5] * length) for length in range(1, 11)]
        assert [await heard(job) for job in jobs] == [f"<{n}><{n + 1}><{n + 2}>" for n in range(1, 11)]
        assert decoder.counts().finished == 10


async def test_a_request_beyond_the_line_is_refused_with_a_hint():
    with decoding(places=1) as decoder:
        jobs = [submit(decoder, [5], limit=50) for _ in range(1 + MAX_WAITING)]
        with pytest.raises(Overloaded) as refused:
            submit(decoder, [5])
        assert refused.value.retry_after_s > 0
        assert decoder.counts().refused == 1
        for job in jobs:
            leave(decoder, job)


async def test_a_withdrawn_request_gives_its_place_to_the_next():
    with decoding(places=1) as decoder:
        endless, waiting = submit(decoder, [5], limit=9_000), submit(decoder, [5])
        await anext(endless.outlet)
        leave(decoder, endless)
        assert await heard(waiting) == "<1><2><3>"


async def test_a_request_may_be_withdrawn_while_it_waits():
    with decoding(places=1) as decoder:
        endless, waiting = submit(decoder, [5], limit=9_000), submit(decoder, [6])
        leave(decoder, waiting)
        leave(decoder, endless)
        assert await heard(submit(decoder, [5])) == "<1><2><3>"
        assert decoder.counts().withdrawn == 2


async def test_withdrawing_what_is_over_is_no_error():
    with decoding() as decoder:
        job = submit(decoder, [5])
        await heard(job)
        decoder.withdraw(job)
        assert await heard(submit(decoder, [5])) == "<1><2><3>"


async def test_a_listener_that_takes_nothing_does_not_slow_the_others():
    with decoding(places=2) as decoder:
        slow = submit(decoder, [5], limit=100)
        for _ in range(3):
            assert await heard(submit(decoder, [6], limit=50))
        assert slow.said <= MAX_PENDING
        assert (await heard(slow)).count("<") == 100


async def test_nothing_is_decoded_while_every_listener_is_behind():
    with decoding(places=2) as decoder:
        slow, probe = submit(decoder, [5], limit=100), submit(decoder, [6], limit=40)
        await heard(probe)
        await heard(submit(decoder, [7], limit=40))
        before = decoder.counts().batches
        await anext(slow.outlet)
        await heard(submit(decoder, [7], limit=1))
        assert decoder.counts().batches <= before + 2
        leave(decoder, slow)


async def test_a_prompt_read_ahead_makes_way_for_its_sessions_reply():
    gate = threading.Event()
    with decoding(places=1, gate=gate) as decoder:
        ahead = submit(decoder, [5] * 899, session="a", speaks=False)
        reply = submit(decoder, [5] * 899, session="a", limit=1)
        gate.set()
        assert await heard(ahead) == ""
        assert await heard(reply) == "<899>"


async def test_a_failed_request_leaves_the_others_and_the_next():
    with decoding() as decoder:
        good, bad = submit(decoder, [5], limit=20), submit(decoder, [POISON])
        with pytest.raises(EngineError):
            await heard(bad)
        bad.outlet.close()
        assert (await heard(good)).count("<") == 20
        assert await heard(submit(decoder, [5])) == "<1><2><3>"


async def test_forgetting_a_session_makes_its_next_prompt_new():
    with decoding() as decoder:
        await heard(submit(decoder, [5, 6, 7], session="a", limit=1))
        decoder.forget("a")
        again = submit(decoder, [5, 6, 7], session="a", limit=1)
        await heard(again)
        assert again.read == 3


async def test_closing_tells_those_who_still_listen():
    with decoding() as decoder:
        job = submit(decoder, [5], limit=9_000)
        await anext(job.outlet)
    with pytest.raises(EngineError, match="closed"):
        await heard(job)
    job.outlet.close()


async def test_a_closed_decoder_takes_nothing():
    with decoding() as decoder:
        pass
    job = ask([5])
    with pytest.raises(EngineError, match="closed"):
        decoder.submit(job)


async def test_listeners_may_come_and_go_by_the_dozen():
    with decoding(places=3) as decoder:

        async def visit(number):
            job = submit(decoder, [5] * (number % 7 + 1), limit=number % 11 + 1, session=str(number % 4))
            if number % 3:
                assert (await heard(job)).count("<") == number % 11 + 1
            else:
                leave(decoder, job)

        for start in range(0, 60, 10):
            async with anyio.create_task_group() as group:
                for number in range(start, start + 10):
                    group.start_soon(visit, number)
        assert await heard(submit(decoder, [5])) == "<1><2><3>"
        assert decoder.counts().failed == 0
