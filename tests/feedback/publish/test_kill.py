"""A process that is killed while it pushes or restores: the next one finishes, no row twice, none missing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inzwa.feedback.publish.push import pending, push
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.store.store import Store, open_store
from inzwa.models.sources.hub.client import Hub
from inzwa.settings import load_settings
from tests.feedback import sample
from tests.feedback.publish.hub import DATASET, TOKEN, DatasetHub, Fault
from tests.feedback.publish.hub_faults import after, passes, waits_at_the_gate
from tests.feedback.publish.hub_request import Request
from tests.feedback.publish.hub_server import serving

pytestmark = pytest.mark.processes


def command(hub: DatasetHub, data: Path, *words: str) -> subprocess.Popen[str]:
    environ = os.environ | {
        "INZWA_DATA": str(data),
        "INZWA_FEEDBACK_DATASET": DATASET,
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": TOKEN,
    }
    arguments = [sys.executable, "-m", "inzwa", "feedback", *words]
    return subprocess.Popen(arguments, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def killed_at_the_gate(hub: DatasetHub, data: Path, *words: str) -> None:
    """Begin the command and kill it when a request of it waits at the Hub's gate."""
    with command(hub, data, *words) as process:
        assert hub.arrived.wait(60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    hub.gate.set()


def finished(hub: DatasetHub, data: Path, *words: str) -> str:
    with command(hub, data, *words) as process:
        out, errors = process.communicate()
    assert process.returncode == 0, errors
    return out


def commits_and_waits(hub: DatasetHub, request: Request) -> bool:
    """The commit is made, and its answer waits at the gate."""
    request.route("commit", hub.asked[-1][1], ())
    return waits_at_the_gate(hub, request)


@pytest.mark.parametrize(
    ("kind", "faults", "stored"),
    [
        ("preupload", after(0, waits_at_the_gate), 0),
        ("put", after(3, waits_at_the_gate), 3),
        ("commit", after(0, waits_at_the_gate), 5),
        ("commit", (commits_and_waits,), 5),
        ("commits", (waits_at_the_gate, passes), 5),
    ],
)
def test_a_push_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, hub: DatasetHub, kind: str, faults: tuple[Fault, ...], stored: int
) -> None:
    data = tmp_path / "data"
    with open_store(load_settings({"INZWA_DATA": str(data)})) as store:
        sample.fill(store, people=3)
    hub.fail(kind, *faults)
    killed_at_the_gate(hub, data, "push")
    assert len(hub.stored) == stored
    out = finished(hub, data, "push")
    assert f"{DATASET}: " in out
    assert hub.count("put") == 5 + (kind == "put")  # no sound file that had arrived was sent again
    with open_store(load_settings({"INZWA_DATA": str(data)})) as store, serving() as untroubled:
        assert not store.read_now(pending)
        push(store, Repository(DATASET, Hub(untroubled.url, TOKEN)))
        assert (hub.head.files, hub.head.sounds) == (untroubled.head.files, untroubled.head.sounds)
    assert len(hub.commits) == 2


def test_a_restore_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, hub: DatasetHub, store: Store, repository: Repository
) -> None:
    sample.fill(store, people=3)
    push(store, repository)
    hub.fail("stored", *after(3, waits_at_the_gate))
    killed_at_the_gate(hub, tmp_path / "new", "restore")
    assert "sound files restored" in finished(hub, tmp_path / "new", "restore")
    with open_store(load_settings({"INZWA_DATA": str(tmp_path / "new")})) as new, serving() as untroubled:
        push(new, Repository(DATASET, Hub(untroubled.url, TOKEN)))
        assert (hub.head.files, hub.head.sounds) == (untroubled.head.files, untroubled.head.sounds)
