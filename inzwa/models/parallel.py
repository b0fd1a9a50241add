"""A few blocking tasks at a time, each in a thread, results as they come. Knows nothing of what the tasks do."""

import contextlib
import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from inzwa.errors import InzwaError

AT_ONCE: Final = 3
"""Threads, and results that wait to be taken; when there are as many, the threads wait."""

Result = TypeVar("Result")


class Stopped(Exception):
    """Another task failed, or nobody wants the results any more."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any
    error: Exception | None


def side_by_side(tasks: Sequence[Callable[[], Result]], stop: threading.Event) -> Generator[Result, None, None]:
    """The results, first come first. The first error ends it and is raised, when every thread has ended.

    `stop` is set then, and when the generator is closed: a long task looks at it and raises Stopped.
    """
    outcomes: queue.Queue[_Outcome] = queue.Queue(AT_ONCE)
    with _threads(iter(tasks), outcomes, stop):
        for _ in tasks:
            outcome = outcomes.get()
            if outcome.error is not None:
                raise outcome.error
            yield outcome.result


@contextmanager
def _threads(
    waiting: Iterator[Callable[[], Result]], outcomes: queue.Queue[_Outcome], stop: threading.Event
) -> Iterator[None]:
    """Threads that work the tasks off until the block is left, and have ended then."""
    taking = threading.Lock()

    def work() -> None:
        while (task := _next(waiting, taking)) is not None and not stop.is_set():
            outcome = _Outcome(None, RuntimeError("a thread ended in the middle of its task"))
            try:
                outcome = _Outcome(task(), None)
            except (InzwaError, OSError, Stopped) as error:
                outcome = _Outcome(None, error)
            finally:  # also for an error that nobody foresaw, which ends the thread
                outcomes.put(outcome)

    threads = [threading.Thread(target=work, name=f"fetch-{number}") for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        with contextlib.suppress(queue.Empty):  # make room for the one result that each may still have to put
            while True:
                outcomes.get_nowait()
        for thread in threads:
            thread.join()


def _next(waiting: Iterator[Callable[[], Result]], taking: threading.Lock) -> Callable[[], Result] | None:
    with taking:
        return next(waiting, None)
