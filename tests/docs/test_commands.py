"""Every command of README.md and docs/ is run here, with the small models, or is listed in not_run.py."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import soundfile

from benchmarks.rig.server import free_port
from inzwa.models.store import Store
from tests.docs.documents import DOCUMENTS, ROOT, Block, blocks, commands, inline_commands
from tests.docs.not_run import NOT_RUN, NotRun
from tests.docs.static_checks import complaints
from tests.lending import lend

LISTED = {command: entry for entry in NOT_RUN for command in entry.commands}
TOKEN = "svosve"
MINUTES = pytest.mark.timeout(400)


def runnable(block: Block) -> list[str]:
    """Its commands that a test can run."""
    return [command for command in commands(block) if command not in LISTED]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder like the repository's root, and a server whose address stands in place of localhost:7860."""

    folder: Path
    port: int
    environment: dict[str, str]

    def run(self, *command: str) -> str:
        """What the command prints; the test fails where it does."""
        told = [word.replace("localhost:7860", f"localhost:{self.port}") for word in command]
        done = subprocess.run(
            told, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        printed = done.stdout.decode(errors="replace")
        assert done.returncode == 0, printed
        return printed


@pytest.fixture(scope="module")
def place(models: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder, port = tmp_path_factory.mktemp("root"), free_port()
    for entry in ROOT.iterdir():
        if entry.name[0] != "." and entry.name != "out":
            (folder / entry.name).symlink_to(entry)
    (folder / ".venv").symlink_to(sys.prefix)
    _write_inputs(folder)
    cache = lend(models, tmp_path_factory.mktemp("models") / "cache")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INZWA_", "HF_"))}
    own = {"INZWA_CACHE": str(cache), "INZWA_MODELS": "embedded", "INZWA_ADMIN_TOKEN": TOKEN, "INZWA_PORT": str(port)}
    own["INZWA_DATA"] = str(tmp_path_factory.mktemp("data"))
    path = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    place = Place(folder, port, {**kept, **own, **path})
    with subprocess.Popen([sys.executable, "app.py"], cwd=folder, env=place.environment) as server:
        try:
            transport = httpx.HTTPTransport(retries=8)
            with httpx.Client(transport=transport, timeout=180) as http:
                warm = f"http://localhost:{port}/v1/admin/warmup"
                http.post(warm, headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()
            yield place
        finally:
            server.terminate()


def _write_inputs(folder: Path) -> None:
    """The files of their own that users bring."""
    (folder / "MANIFEST.tsv").write_text(f"{folder}/assets/mhoroi.wav\tMhoroi, makadii?\n", encoding="utf-8")
    (folder / "SENTENCES.txt").write_text("Mhoroi, makadii?\n", encoding="utf-8")
    (folder / "TEXT.txt").write_text("Ndine $25, 30% yayo.\n", encoding="utf-8")


@MINUTES
@pytest.mark.weights
@pytest.mark.parametrize("block", [each for each in blocks("sh") if runnable(each)], ids=str)
def test_the_commands_of_a_block_do_what_they_should(place: Place, block: Block) -> None:
    place.run("bash", "-c", "\n".join(("set -eo pipefail", *runnable(block))))


@MINUTES
@pytest.mark.weights
@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_the_program_of_a_block_runs(place: Place, block: Block) -> None:
    assert place.run(sys.executable, "-c", block.text)


@MINUTES
@pytest.mark.weights
def test_what_is_written_is_what_is_said_to_be_written(place: Place) -> None:
    place.run(".venv/bin/python", "-m", "inzwa", "talk", "assets/mhoroi.wav")
    assert soundfile.info(place.folder / "reply.wav").duration > 0.2


@pytest.mark.parametrize("entry", NOT_RUN, ids=lambda entry: entry.why)
def test_a_command_that_is_not_run_is_right_as_far_as_can_be_told(entry: NotRun) -> None:
    assert [told for command in entry.commands for told in complaints(command)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_command_within_a_sentence_is_right_as_far_as_can_be_told(document: Path) -> None:
    assert [told for command in inline_commands(document) for told in complaints(command)] == []


@pytest.mark.parametrize("entry", NOT_RUN, ids=lambda entry: entry.why)
def test_what_covers_a_command_that_is_not_run_is_there(entry: NotRun) -> None:
    assert (ROOT / entry.covered_by).is_file()


def test_every_command_that_is_listed_stands_in_a_document() -> None:
    written = {command for block in blocks("sh") for command in commands(block)}
    assert sorted(LISTED.keys() - written) == []


def test_what_is_wrong_with_a_command_is_found() -> None:
    wrong = ("make rnu", "python -m inzwa sya x", "python -m benchmarks.none", "pip install -r none.txt", "echo 'a")
    assert [command for command in wrong if not list(complaints(command))] == []
