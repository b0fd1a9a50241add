"""Runs a blocking engine for async code: one thread, one job at a time, the most urgent first.

A job that has begun runs to its end. A caller that is cancelled stops waiting at once, but the thread takes the next
job only when the abandoned one is over, so cores are never given away twice.
"""

import asyncio
import heapq
import itertools
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeVar, cast

import anyio

from inzwa.protocols import Priority

T = TypeVar("T")

LAST_JOB_S: Final = 5.0
"""How long leaving waits for the running job. One that hangs is left behind; its thread ends with the process."""

MAX_WAITING: Final = 8
"""Jobs in the queue; further callers wait for a place in it, which is their back-pressure."""


@dataclass(order=True, slots=True)
class _Job:
    priority: int
    number: int
    call: Callable[[], Any] = field(compare=False)
    loop: asyncio.AbstractEventLoop = field(compare=False)
    future: "asyncio.Future[Any]" = field(compare=False)

    def run(self) -> None:
        try:
            result, error = self.call(), None
        except BaseException as raised:  # whatever it is belongs to the caller, not to the thread
            result, error = None, raised
        self.deliver(result, error)

    def deliver(self, result: Any, error: BaseException | None) -> None:
        """Hand the outcome to the caller's loop, unless that has ended, and the caller with it."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._set, result, error)

    def _set(self, result: Any, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class Worker:
    """A thread with a short queue. Open it as a context manager; leaving waits for the running job."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._jobs: list[_Job] = []
        self._changed = threading.Condition()
        self._open = False
        self._numbers = itertools.count()
        self._places = anyio.Semaphore(MAX_WAITING)
        self._thread = threading.Thread(target=self._work, name=f"inzwa-{name}", daemon=True)
        self.busy = False

    def __enter__(self) -> Self:
        self._open = True
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join(LAST_JOB_S)

    @property
    def waiting(self) -> int:
        """Jobs in the queue, the running one not counted."""
        return len(self._jobs)

    async def run(self, call: Callable[[], T], priority: Priority = Priority.NORMAL) -> T:
        """What `call` returns or raises, run in the thread. RuntimeError once the worker is closed."""
        async with self._places:
            loop = asyncio.get_running_loop()
            job = _Job(priority, next(self._numbers), call, loop, loop.create_future())
            with self._changed:
                if not self._open:
                    raise self._closed_error()
                heapq.heappush(self._jobs, job)
                self._changed.notify()
            try:
                return cast(T, await job.future)
            finally:
                self._withdraw(job)

    async def iterate(
        self, start: Callable[[], Iterator[T]], priority: Priority = Priority.NORMAL
    ) -> AsyncGenerator[T, None]:
        """The iterator's items, each made in the thread when it is asked for; urgent jobs pass between two items."""
        items = await self.run(start, priority)

        def step() -> tuple[T] | None:
            return next(((item,) for item in items), None)

        try:
            while (step_result := await self.run(step, priority)) is not None:
                yield step_result[0]
        finally:
            self._post(getattr(items, "close", None))

    def _post(self, call: Callable[[], Any] | None) -> None:
        """A job that nobody waits for: an iterator may be closed only by the thread that runs it."""
        if call is None:
            return
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        with self._changed:
            if self._open:
                heapq.heappush(self._jobs, _Job(Priority.URGENT, next(self._numbers), call, loop, future))
                self._changed.notify()

    def _closed_error(self) -> RuntimeError:
        return RuntimeError(f"the {self.name} worker is closed")

    def _withdraw(self, job: _Job) -> None:
        with self._changed:
            if job in self._jobs:
                self._jobs.remove(job)
                heapq.heapify(self._jobs)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.run()
            self.busy = False

    def _next(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or not self._open)
            if not self._open:
                for job in self._jobs:
                    job.deliver(None, self._closed_error())
                return None
            self.busy = True
            return heapq.heappop(self._jobs)
