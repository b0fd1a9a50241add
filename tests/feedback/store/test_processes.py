"""Processes that die while they write, and processes that write to the same database."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from inzwa.feedback.store.schema import ContributorRow
from inzwa.feedback.store.store import open_store
from inzwa.settings import Settings

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.processes


def burst(environment: dict[str, str], first: int, end: int) -> "subprocess.Popen[str]":
    """A process that adds contributors [first, end) and prints which are on disk."""
    command = [sys.executable, "-W", "error", "-m", "tests.feedback.store.burst", str(first), str(end)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stored(settings: Settings) -> list[int]:
    """The numbers of the contributors there are, in order."""
    with open_store(settings) as store:
        ids = store.read_now(lambda session: session.scalars(select(ContributorRow.id)).all())
    return sorted(int(each, 16) for each in ids)


@pytest.mark.parametrize("acknowledged", [1, 40, 333])
def test_what_was_acknowledged_before_a_kill_is_there_after_it_and_once(
    settings: Settings, environment: dict[str, str], acknowledged: int
) -> None:
    with burst(environment, 0, 1_000_000) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(acknowledged)]
        process.kill()
        told += [int(line) for line in process.communicate(timeout=30)[0].splitlines()]
    found = stored(settings)
    assert set(told) <= set(found)
    assert len(found) == len(set(found)) < 1_000_000
    with burst(environment, 1_000_000, 1_000_012) as process:
        assert process.communicate(timeout=30)[1] == ""
    assert stored(settings) == [*found, *range(1_000_000, 1_000_012)]


def test_two_processes_write_to_one_database_and_both_are_whole(
    settings: Settings, environment: dict[str, str]
) -> None:
    processes = [burst(environment, first, first + 150) for first in (0, 150)]
    assert [process.communicate(timeout=60)[1] for process in processes] == ["", ""]
    assert stored(settings) == list(range(300))
