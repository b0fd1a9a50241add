"""Several processes over one cache and one Hub, and some that die in the middle."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import inzwa
from tests.models.hub_model import CONFIG, OPEN, WEIGHTS, HubModel
from tests.models.sources.hub.faults import breaks_off, waits_for_the_gate

pytestmark = pytest.mark.processes

FETCH = """
import os, signal, sys, urllib.request
from pathlib import Path
from inzwa.models.catalogue import read_catalogue
from inzwa.models.store import Store

cache, catalogue, die_at, gate = sys.argv[1:]

class Copy:
    version = "1"

    def __call__(self, source, out, report):
        (out / "model.bin").write_bytes(source.path("model.gguf").read_bytes()[:1000])
        if die_at == "converting":
            os.kill(os.getpid(), signal.SIGKILL)
        (out / "config.json").write_bytes(source.path("config.json").read_bytes())

def report(progress):
    if progress.phase == "downloading" and die_at == "downloading" and progress.done_bytes > 100_000:
        os.kill(os.getpid(), signal.SIGKILL)
    if gate and progress.phase == "waiting":
        urllib.request.urlopen(gate).close()

store = Store(Path(cache), catalogue=read_catalogue(Path(catalogue)), report=report, converters={"copy": Copy()})
print(store.fetch("pupil").folder)
"""


def fetching(pupil: HubModel, *, die_at: str = "", gate: str = "") -> "subprocess.Popen[str]":
    """A process that fetches the pupil; it kills itself at `die_at`, and asks for `gate` when it has to wait."""
    catalogue = pupil.folder / "mine.toml"
    catalogue.write_text(pupil.text)
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, str(pupil.cache), str(catalogue), die_at, gate],
        env={**os.environ, "NO_PROXY": "*", **pupil.environ},
        cwd=Path(inzwa.__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_process_killed_in_the_middle_of_a_download_leaves_a_cache_that_the_next_one_completes(
    pupil: HubModel,
) -> None:
    with fetching(pupil, die_at="downloading") as dying:
        dying.communicate()
    assert dying.returncode == -signal.SIGKILL
    assert pupil.store().find("pupil") is None
    assert not (pupil.cache / "models.lock").exists()
    kept = next((pupil.cache / "partial").rglob("*.part")).stat().st_size
    pupil.hub.asked.clear()
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    assert [asked.start for asked in pupil.hub.asked if asked.kind == "store"] == [kept]
    assert not list((pupil.cache / "partial").iterdir())


def test_a_process_killed_in_the_middle_of_a_conversion_leaves_no_half_of_it(pupil: HubModel) -> None:
    pupil.text = OPEN.replace('stage = "llm"', 'stage = "llm"\nconvert = "copy"')
    with fetching(pupil, die_at="converting") as dying:
        dying.communicate()
    assert dying.returncode == -signal.SIGKILL
    assert not (pupil.cache / "converted").exists()
    pupil.hub.asked.clear()
    with fetching(pupil) as next_one:
        folder = Path(next_one.communicate()[0].strip())
    assert (folder / "model.bin").read_bytes() == WEIGHTS[:1000]
    assert (folder / "config.json").read_bytes() == CONFIG
    assert pupil.hub.asked == []
    assert not list((pupil.cache / "partial").iterdir())


def test_two_processes_at_once_fetch_once_and_both_get_the_model(pupil: HubModel) -> None:
    pupil.hub.fail("store", [waits_for_the_gate])
    pair = [fetching(pupil, gate=f"{pupil.hub.url}/gate") for _ in range(2)]
    said = [process.communicate()[0] for process in pair]
    assert pupil.hub.gate.is_set(), "no process had to wait for the other"
    assert [process.returncode for process in pair] == [0, 0], said
    assert said[0] == said[1]
    assert pupil.hub.count("store") == 1
    assert pupil.hub.count("list") == 1
    assert (Path(said[0].strip()) / "model.gguf").read_bytes() == WEIGHTS


def test_a_process_goes_on_by_itself_after_a_broken_connection(pupil: HubModel) -> None:
    pupil.hub.fail("store", [breaks_off])
    with fetching(pupil) as process:
        said = process.communicate()[0].strip().splitlines()
    assert process.returncode == 0, said
    assert (Path(said[-1]) / "model.gguf").read_bytes() == WEIGHTS
