"""One thread, one job at a time, the most urgent first; a caller may leave, the thread may not be lost."""

import threading
from contextlib import aclosing

import anyio
import pytest

from inzwa.engines.worker import MAX_WAITING, Worker
from inzwa.protocols import Priority


class Lock:
    """A job that stays in the thread until it is released."""

    def __init__(self):
        self._released = threading.Event()

    def __call__(self):
        return self._released.wait(10)

    def release(self):
        self._released.set()


async def begun(worker, tasks, job, priority=Priority.NORMAL):
    """Start a job that holds the thread, and see that it has begun."""
    inside = threading.Event()

    def run():
        inside.set()
        return job()

    tasks.start_soon(worker.run, run, priority)
    await anyio.to_thread.run_sync(inside.wait)


async def test_a_call_runs_in_the_workers_thread_and_gives_its_result():
    with Worker("asr") as worker:
        assert await worker.run(lambda: threading.current_thread().name) == "inzwa-asr"


async def test_what_a_call_raises_belongs_to_its_caller_and_the_next_one_works():
    with Worker("asr") as worker:
        with pytest.raises(ZeroDivisionError):
            await worker.run(lambda: 1 // 0)
        with pytest.raises(SystemExit):
            await worker.run(lambda: exec("raise SystemExit"))
        assert await worker.run(lambda: 2) == 2


async def test_the_most_urgent_goes_first_and_equals_in_order():
    order, hold = [], Lock()
    with Worker("asr") as worker:
        async with anyio.create_task_group() as tasks:
            await begun(worker, tasks, hold)
            for name, priority in [("partial", 2), ("first", 0), ("normal", 1), ("second", 0)]:
                tasks.start_soon(worker.run, lambda name=name: order.append(name), Priority(priority))
                await anyio.wait_all_tasks_blocked()
            assert worker.waiting == 4
            hold.release()
    assert order == ["first", "second", "normal", "partial"]


async def test_a_caller_that_leaves_the_line_takes_its_job_along():
    ran, hold = [], Lock()
    with Worker("asr") as worker:
        async with anyio.create_task_group() as tasks:
            await begun(worker, tasks, hold)
            async with anyio.create_task_group() as leaving:
                leaving.start_soon(worker.run, lambda: ran.append("left"))
                await anyio.wait_all_tasks_blocked()
                leaving.cancel_scope.cancel()
            assert worker.waiting == 0
            hold.release()
        await worker.run(lambda: ran.append("stayed"))
    assert ran == ["stayed"]


async def test_a_caller_that_leaves_a_running_job_leaves_at_once_and_the_next_job_waits_for_it():
    order, hold = [], Lock()
    with Worker("asr") as worker:
        async with anyio.create_task_group() as tasks:
            await begun(worker, tasks, lambda: (hold(), order.append("abandoned")))
            tasks.cancel_scope.cancel()
        assert (order, worker.busy) == ([], True)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.run, lambda: order.append("next"))
            await anyio.wait_all_tasks_blocked()
            hold.release()
    assert order == ["abandoned", "next"]


async def test_the_line_is_short_and_the_rest_waits_outside():
    hold = Lock()
    with Worker("asr") as worker:
        async with anyio.create_task_group() as tasks:
            await begun(worker, tasks, hold)
            for _ in range(3 * MAX_WAITING):
                tasks.start_soon(worker.run, lambda: None)
            await anyio.wait_all_tasks_blocked()
            assert worker.waiting < MAX_WAITING
            hold.release()
        assert worker.waiting == 0


async def test_an_iterator_is_driven_one_item_at_a_time_and_only_when_asked():
    made = []

    def numbers():
        for number in range(3):
            made.append(number)
            yield number

    with Worker("tts") as worker:
        async with aclosing(worker.iterate(numbers)) as items:
            assert await anext(items) == 0
            await worker.run(lambda: None)
            assert made == [0]
            assert [item async for item in items] == [1, 2]


async def test_an_urgent_job_passes_between_two_items():
    order = []

    def items():
        for number in range(2):
            order.append(number)
            yield number

    with Worker("tts") as worker:
        async with aclosing(worker.iterate(items)) as numbers:
            await anext(numbers)
            await worker.run(lambda: order.append("urgent"), Priority.URGENT)
            await anext(numbers)
    assert order == [0, "urgent", 1]


async def test_an_iterator_left_early_is_closed_in_the_thread():
    closed_in = []

    def items():
        try:
            while True:
                yield 1
        finally:
            closed_in.append(threading.current_thread().name)

    with Worker("tts") as worker:
        async with aclosing(worker.iterate(items)) as numbers:
            await anext(numbers)
        await worker.run(lambda: None)
    assert closed_in == ["inzwa-tts"]


async def test_an_iterator_cancelled_in_the_middle_of_an_item_is_closed_after_it():
    order, hold, inside = [], Lock(), threading.Event()

    def items():
        try:
            inside.set()
            hold()
            order.append("made")
            yield 1
        finally:
            order.append("closed")

    with Worker("tts") as worker:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anext, worker.iterate(items))
            await anyio.to_thread.run_sync(inside.wait)
            tasks.cancel_scope.cancel()
        hold.release()
        await worker.run(lambda: None)
    assert order == ["made", "closed"]


async def test_an_iterator_that_fails_fails_its_reader():
    def items():
        yield 1
        raise KeyError("second")

    with Worker("tts") as worker:
        async with aclosing(worker.iterate(items)) as numbers:
            assert await anext(numbers) == 1
            with pytest.raises(KeyError, match="second"):
                await anext(numbers)
        assert await worker.run(lambda: 3) == 3


async def test_a_closed_worker_refuses():
    with Worker("asr") as worker:
        pass
    with pytest.raises(RuntimeError, match="the asr worker is closed"):
        await worker.run(lambda: None)


async def test_who_stands_in_line_when_the_worker_closes_is_refused_too():
    refused = []

    async def ask():
        try:
            await worker.run(lambda: None)
        except RuntimeError as error:
            refused.append(str(error))

    def until_closing():
        with worker._changed:
            return worker._changed.wait_for(lambda: not worker._open, 10)

    async with anyio.create_task_group() as tasks:
        with Worker("asr") as worker:
            await begun(worker, tasks, until_closing)
            tasks.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
    assert refused == ["the asr worker is closed"]


async def test_leaving_waits_for_the_job_at_hand():
    hold, done = Lock(), []
    async with anyio.create_task_group() as tasks:
        with Worker("asr") as worker:
            await begun(worker, tasks, lambda: (hold(), done.append(1)))
            threading.Timer(0, hold.release).start()
        assert done == [1]


def test_a_loop_that_ends_before_its_job_does_not_take_the_thread_along():
    hold = Lock()

    async def leave():
        async with anyio.create_task_group() as tasks:
            await begun(worker, tasks, hold)
            tasks.cancel_scope.cancel()

    with Worker("asr") as worker:
        anyio.run(leave)
        hold.release()
        assert anyio.run(worker.run, lambda: 2) == 2
