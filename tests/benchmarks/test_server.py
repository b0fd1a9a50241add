"""A server in a process of its own: waited for, weighed, stopped, and missed when it dies."""

import sys
from os import cpu_count

import psutil
import pytest

from benchmarks.rig.server import NotReady, Usage, listening, running

LISTENER = "import socketserver, sys; socketserver.TCPServer(('127.0.0.1', int(sys.argv[1])), None).serve_forever()"


async def test_it_is_there_when_it_listens_and_gone_with_the_block():
    async with running("test", [sys.executable, "-c", LISTENER, "{port}"], {}, listening) as server:
        assert await listening(int(server.url.rpartition(":")[2]))
        assert server.usage().resident_mb > 1
    assert not psutil.pid_exists(server.pid)


async def test_one_that_dies_is_not_waited_for():
    with pytest.raises(NotReady, match=r"test is not ready; its log is .*test\.log"):
        async with running("test", [sys.executable, "-c", "pass"], {}, listening):
            pass


def test_processor_time_is_told_as_a_share_of_all_cores():
    before, after = Usage(10.0, 3.0, 700.0), Usage(14.0, 5.0, 700.0)
    assert after.cpu_percent_since(before) == 50 / cpu_count()
