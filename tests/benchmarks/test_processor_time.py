"""Processor time by thread: how the kernel's lines are read, and what becomes of threads that end."""

import os
import subprocess
import sys

import pytest

from benchmarks.rig.processor_time import EVENT_LOOP, OTHERS, TICKS_A_SECOND, Interval, ThreadTime, parsed, spent
from benchmarks.rig.processor_time import thread_times as thread_times_of

AFTER_NAME = "S 1 1 1 0 -1 4194560 1 0 0 0 {user} {system} 0 0 20 0 3 0 8937 1 1"
SHOWN = """import pathlib, threading
from benchmarks.rig.named_server import name_threads

def show():
    print(pathlib.Path(f"/proc/self/task/{threading.get_native_id()}/comm").read_text().strip())

name_threads()
thread = threading.Thread(target=show, name="inzwa-asr-partial")
thread.start()
thread.join()
"""


@pytest.mark.parametrize("name", ["inzwa-llm", "a) b (c", "x y"])
def test_a_thread_is_read_with_its_name_and_both_kinds_of_time(name):
    line = f"17 ({name}) {AFTER_NAME.format(user=3, system=2)}"
    assert parsed(line, is_main=False) == ThreadTime(name, 5 / TICKS_A_SECOND)
    assert parsed(line, is_main=True).name == EVENT_LOOP


def test_threads_of_one_name_are_summed_and_the_rest_is_others():
    before = {1: ThreadTime("voice", 1.0), 2: ThreadTime("gone", 5.0)}
    after = {1: ThreadTime("voice", 3.0), 3: ThreadTime("voice", 0.5), 4: ThreadTime("idle", 0.0)}
    assert spent(before, after, all_s=4.0) == {"voice": 2.5, OTHERS: 1.5}


def test_the_threads_of_a_process_are_found():
    assert thread_times_of(os.getpid())[os.getpid()].name == EVENT_LOOP


def test_an_interval_ends_before_its_end():
    interval = Interval(10.0, 20.0, 50.0, 1.0, 10.0, 900.0, {})
    assert [interval.contains(moment_s) for moment_s in (9.9, 10.0, 19.9, 20.0)] == [False, True, True, False]


def test_the_kernel_is_told_the_names_of_threads():
    done = subprocess.run([sys.executable, "-c", SHOWN], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "inzwa-asr-parti"
