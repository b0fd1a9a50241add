"""The rules about queues, tasks and excepts find what breaks them, and let good code pass."""

import pytest

from tests.code_rules import concurrency
from tests.code_rules.source import CodeBase, Source


def found(rule, text: str, path: str = "inzwa/conversation/session.py", **others: str) -> list[str]:
    more = (Source(f"inzwa/{name.replace('__', '/')}.py", other) for name, other in others.items())
    return [str(violation) for violation in rule(CodeBase((Source(path, text), *more)))]


@pytest.mark.parametrize(
    "text",
    [
        "import anyio\nanyio.create_memory_object_stream()",
        "import anyio\nanyio.create_memory_object_stream[int](9)",
        "import anyio, math\nanyio.create_memory_object_stream(math.inf)",
        "from anyio import create_memory_object_stream as pipe\npipe(max_buffer_size=100)",
        "import asyncio\nasyncio.Queue()",
        "import asyncio\nasyncio.Queue(0)",
        "import asyncio as aio\naio.PriorityQueue(maxsize=9)",
        "from queue import Queue\nQueue(-1)",
        "import queue\nqueue.SimpleQueue()",
        "from collections import deque\ndeque()",
        "from collections import deque\ndeque([1], maxlen=None)",
        "import collections\ncollections.deque([], 500)",
        "from collections import deque\ndef f(n): deque(maxlen=n)",
        "from collections import deque\nN = 4\nN = 400\ndeque(maxlen=N)",
        "from collections import deque\nN = True\ndeque(maxlen=N)",
        "from collections import defaultdict, deque\ndefaultdict(deque)",
        "import asyncio, dataclasses\ndataclasses.field(default_factory=asyncio.Queue)",
        "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor(2)",
    ],
)
def test_a_queue_without_a_small_stated_bound_is_found(text: str) -> None:
    assert len(found(concurrency.every_queue_is_bounded, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import anyio\nanyio.create_memory_object_stream(0)",
        "import anyio\nanyio.create_memory_object_stream[int](max_buffer_size=8)",
        "import asyncio\nBOUND = 2\nasyncio.Queue(BOUND)",
        "from typing import Final\nfrom collections import deque\nBOUND: Final = 8\ndeque([], BOUND)",
        "from collections import deque\nfrom inzwa.engines.worker import MAX_WAITING\ndeque(maxlen=MAX_WAITING)",
        "from collections import deque\nfrom inzwa.engines import worker\ndeque(maxlen=worker.MAX_WAITING)",
        "from collections import deque\ndef f(x: deque[int]): return isinstance(x, deque)",
        "class Queue: ...\nQueue()",
    ],
)
def test_a_queue_with_a_small_stated_bound_passes(text: str) -> None:
    assert not found(concurrency.every_queue_is_bounded, text, engines__worker="MAX_WAITING = 8")


def test_the_message_names_the_file_the_line_and_the_fault() -> None:
    said = found(concurrency.every_queue_is_bounded, "import asyncio\n\nx = asyncio.Queue(64)")
    assert said == ["inzwa/conversation/session.py:3: asyncio.Queue is bounded by 64, not by 1 to 8"]


def test_a_heap_is_found_unless_its_bound_is_named_and_small() -> None:
    assert found(concurrency.heaps_name_their_bound, "import heapq")
    assert found(concurrency.heaps_name_their_bound, "import heapq\nMAX_WAITING = 9", "inzwa/engines/worker.py")
    assert not found(concurrency.heaps_name_their_bound, "import heapq\nMAX_WAITING = 8", "inzwa/engines/worker.py")


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio\nasyncio.create_task(f())",
        "from asyncio import ensure_future as go\ngo(f())",
        "import asyncio\nasyncio.get_running_loop().create_task(f())",
        "def g(loop): loop.create_task(f())",
        "import asyncio\nasyncio.run_coroutine_threadsafe(f(), loop)",
    ],
)
def test_a_task_that_no_group_owns_is_found(text: str) -> None:
    assert len(found(concurrency.every_task_has_a_group, text)) == 1


def test_a_task_that_a_group_owns_passes() -> None:
    text = (
        "import asyncio\nasync def g():\n    async with asyncio.TaskGroup() as group:\n        group.create_task(f())"
    )
    assert not found(concurrency.every_task_has_a_group, text)
    assert not found(concurrency.every_task_has_a_group, "def g(tasks): tasks.start_soon(f)")


@pytest.mark.parametrize("scope", ["create_task_group()", "CancelScope()", "fail_after(1)"])
def test_a_yield_inside_a_group_or_a_scope_is_found(scope: str) -> None:
    text = f"import anyio\nasync def g():\n    async with anyio.{scope} as x:\n        if x:\n            yield 1"
    assert len(found(concurrency.nothing_is_yielded_from_inside_a_group, text)) == 1


def test_a_context_manager_may_yield_inside_a_group_and_anyone_after_it() -> None:
    inside = "    async with anyio.create_task_group() as x:\n        yield x"
    text = f"import anyio\nfrom contextlib import asynccontextmanager\n@asynccontextmanager\nasync def g():\n{inside}"
    assert not found(concurrency.nothing_is_yielded_from_inside_a_group, text)
    after = "import anyio\nasync def g():\n    async with anyio.create_task_group():\n        pass\n    yield 1"
    assert not found(concurrency.nothing_is_yielded_from_inside_a_group, after)


@pytest.mark.parametrize(
    "text",
    [
        "try: f()\nexcept: pass",
        "try: f()\nexcept Exception: pass",
        "try: f()\nexcept (ValueError, BaseException) as error: raise KeyError from error",
        "try: f()\nexcept* Exception: pass",
        "import contextlib\nwith contextlib.suppress(Exception): f()",
        "def g():\n    try: f()\n    except Exception:\n        if f(): return\n        raise",
    ],
)
def test_a_broad_except_is_found(text: str) -> None:
    assert len(found(concurrency.no_broad_excepts, text)) == 1


def test_a_narrow_except_and_one_that_only_cleans_up_pass() -> None:
    assert not found(concurrency.no_broad_excepts, "try: f()\nexcept ValueError: pass")
    assert not found(concurrency.no_broad_excepts, "try: f()\nexcept BaseException:\n    g()\n    raise")


def test_an_exempt_place_passes_and_the_same_code_elsewhere_does_not() -> None:
    text = "class _Job:\n    def {}(self):\n        try: f()\n        except BaseException: pass"
    assert not found(concurrency.no_broad_excepts, text.format("run"), "inzwa/engines/worker.py")
    assert found(concurrency.no_broad_excepts, text.format("other"), "inzwa/engines/worker.py")


def test_an_exemption_that_no_code_needs_is_found() -> None:
    said = found(concurrency.no_stale_exemptions, "x = 1")
    assert any("inzwa.engines.worker:_Job.run is exempt" in violation for violation in said)
