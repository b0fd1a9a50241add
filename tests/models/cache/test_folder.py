"""The cache folder: its locks, its workspaces and the errors of its disk."""

import contextlib
import re
import threading
import time
from pathlib import Path

import pytest

from inzwa.errors import CacheUnusable
from inzwa.models.cache.folder import Cache, free_bytes
from inzwa.models.progress import silent


def test_only_one_at_a_time_has_a_model_and_the_other_says_that_it_waits(tmp_path: Path) -> None:
    cache = Cache(folder=tmp_path)
    order: list[str] = []
    waits = threading.Event()

    def second() -> None:
        with cache.locked("tiny", waits.set):
            order.append("second")

    thread = threading.Thread(target=second)
    with cache.locked("tiny", lambda: None):
        thread.start()
        assert waits.wait(30)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_different_models_do_not_wait_for_each_other(tmp_path: Path) -> None:
    cache = Cache(folder=tmp_path)
    waited: list[str] = []
    with cache.locked("one", lambda: waited.append("one")), cache.locked("two", lambda: waited.append("two")):
        assert waited == []


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    cache = Cache(folder=tmp_path)
    with pytest.raises(KeyError), cache.locked("tiny", lambda: None):
        raise KeyError
    waited: list[bool] = []
    with cache.locked("tiny", lambda: waited.append(True)):
        assert waited == []


def test_a_workspace_starts_with_the_downloads_of_the_last_try_and_nothing_else(tmp_path: Path) -> None:
    cache = Cache(folder=tmp_path)
    with contextlib.suppress(KeyError), cache.workspace("tiny", "tiny", {}, silent, time.sleep) as work:
        (work.downloads / "kept").touch()
        (work.scratch / "litter").touch()
        raise KeyError
    with cache.workspace("tiny", "tiny", {}, silent, time.sleep) as work:
        assert [path.name for path in work.downloads.iterdir()] == ["kept"]
        assert not list(work.scratch.iterdir())
    assert not work.downloads.exists()


def test_what_the_disk_refuses_names_the_folder_and_the_reason(tmp_path: Path) -> None:
    full = OSError(28, "No space left on device")
    complaint = f"{re.escape(str(tmp_path))} cannot be used: No space left on device"
    with pytest.raises(CacheUnusable, match=complaint) as error, Cache(folder=tmp_path).usable():
        raise full
    assert error.value.__cause__ is full


def test_the_room_on_a_real_disk_is_known(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
