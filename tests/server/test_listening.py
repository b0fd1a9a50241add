"""The address that the server listens on: bound before anything slow starts, or refused with the remedy."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import inzwa
from inzwa.errors import SettingsError
from inzwa.server.listening import bound_socket

pytestmark = pytest.mark.processes


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_free_port_is_bound(host):
    with bound_socket(host, 0) as found:
        assert found.getsockname()[1] > 0


def test_a_port_that_is_taken_is_told_with_the_remedy(taken):
    with pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{taken}: another program listens there, .* INZWA_PORT"):
        bound_socket("127.0.0.1", taken)


def test_an_address_of_another_machine_is_told_with_the_remedy():
    with pytest.raises(SettingsError, match=r"this machine has no such address; set INZWA_HOST"):
        bound_socket("192.0.2.1", 0)


@pytest.mark.parametrize("command", [["app.py"], ["-m", "inzwa", "serve"]])
def test_a_second_instance_ends_with_one_sentence_and_status_2(taken, command):
    environ = {**os.environ, "INZWA_PORT": str(taken)}
    root = Path(inzwa.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, *command], env=environ, cwd=root, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert f"It cannot listen on 127.0.0.1:{taken}: another program listens there" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""
