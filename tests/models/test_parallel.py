"""A few tasks at a time, and all of them ended when it is over."""

import threading
from contextlib import closing
from functools import partial

import pytest

from inzwa.errors import ModelUnavailable
from inzwa.models.parallel import AT_ONCE, Stopped, side_by_side


def fetchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("fetch_")]


def test_every_result_comes_once() -> None:
    tasks = [partial(int, number) for number in range(20)]
    assert sorted(side_by_side(tasks, threading.Event())) == list(range(20))
    assert fetchers() == []


def test_no_task_gives_no_result() -> None:
    assert list(side_by_side([], threading.Event())) == []


def test_so_many_run_at_once() -> None:
    together = threading.Barrier(AT_ONCE)
    assert len(list(side_by_side([partial(together.wait, 30)] * AT_ONCE, threading.Event()))) == AT_ONCE


def test_the_first_error_stops_the_others_and_is_raised() -> None:
    stop = threading.Event()

    def fail() -> None:
        raise ModelUnavailable("no")

    def wait() -> None:
        if stop.wait(30):
            raise Stopped

    with pytest.raises(ModelUnavailable, match="no"):
        list(side_by_side([wait, wait, fail, wait, wait], stop))
    assert fetchers() == []


def test_closing_the_results_early_leaves_no_thread_behind() -> None:
    stop = threading.Event()

    def wait() -> int:
        stop.wait(30)
        return 1

    with closing(side_by_side([lambda: 0, wait, *[lambda: 2] * 20], stop)) as results:
        next(results)
    assert stop.is_set()
    assert fetchers() == []
