"""A few blocking tasks at a time, each in a thread, results in the order in which they come."""

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import Final, TypeVar

AT_ONCE: Final = 3
"""Tasks that the executor is given before one of them has ended."""

Result = TypeVar("Result")


class Stopped(Exception):
    """Another task failed, or the results are no longer wanted."""


def side_by_side(tasks: Sequence[Callable[[], Result]], stop: threading.Event) -> Generator[Result, None, None]:
    """The results, first come first. The first error ends it and is raised, when every thread has ended.

    `stop` is set then, and when the generator is closed: a long task looks at it and raises Stopped.
    """
    waiting = iter(tasks)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch") as threads:
        try:
            running = {threads.submit(task) for task in islice(waiting, AT_ONCE)}
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                results = [future.result() for future in done]
                running |= {threads.submit(task) for task in islice(waiting, len(done))}
                yield from results
        finally:
            stop.set()
