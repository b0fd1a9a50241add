"""The child that requantises, played by scripts: what is read of it, and how it ends."""

import sys

import pytest

from inzwa.engines.llm.llama.requantise_child import Job
from inzwa.engines.llm.llama.requantise_process import run_child
from inzwa.errors import EngineError, NotConvertible

pytestmark = pytest.mark.processes

JOB = Job("/m/a.gguf", "/m/b.gguf", 7, {"output.weight": 8}, "/m/libllama.so", 1)


def played(script, on_tensor=lambda _: None, limit_s=60.0):
    return run_child(JOB, on_tensor, limit_s=limit_s, command=(sys.executable, "-c", script))


def test_it_gets_the_job_tells_each_tensor_and_gives_the_loss():
    begun = []
    script = (
        "import json, sys; job = json.load(sys.stdin); print(1); print(2); print(json.dumps({'got': job['types']}))"
    )
    assert played(script, begun.append) == {"got": {"output.weight": 8}}
    assert begun == [1, 2]


def test_what_llama_cpp_refuses_is_not_convertible():
    with pytest.raises(NotConvertible, match="no such type"):
        played("print(1); print('no such type'); raise SystemExit(4)")


def test_a_child_that_the_library_ends_is_an_engine_error():
    with pytest.raises(EngineError, match="status -4"):
        played("import os, signal; os.kill(os.getpid(), signal.SIGILL)")


def test_a_child_that_does_not_end_is_killed():
    with pytest.raises(EngineError, match="status -9"):
        played("import signal; signal.pause()", limit_s=0.1)


def test_it_is_killed_when_nobody_waits_any_more():
    class Stop(Exception):
        pass

    def stop(_: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        played("import signal; print(1, flush=True); signal.pause()", stop)
