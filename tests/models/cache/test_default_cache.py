"""The default cache folder: the desktop's convention, and a Space's storage."""

import os
from pathlib import Path

from inzwa.models.store import default_cache


def test_the_default_cache_follows_the_desktop_convention(tmp_path: Path) -> None:
    assert default_cache({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "inzwa"
    assert default_cache({}) == Path.home() / ".cache" / "inzwa"
    assert default_cache({"XDG_CACHE_HOME": "relative/is/ignored"}) == Path.home() / ".cache" / "inzwa"


def test_on_a_space_the_default_cache_is_persistent_storage_then_the_hub_s_folder(tmp_path: Path) -> None:
    space = {"SPACE_ID": "you/inzwa", "HF_HOME": "/hub", "XDG_CACHE_HOME": "/desktop"}
    persistent = tmp_path / "data"
    assert default_cache(space, persistent) == Path("/hub/inzwa")
    persistent.mkdir()
    assert default_cache(space, persistent) == persistent / "inzwa"
    assert default_cache({"SPACE_ID": "you/inzwa"}, tmp_path / "none") == Path.home() / ".cache" / "inzwa"


def test_persistent_storage_that_cannot_be_written_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.touch()
    assert default_cache({"SPACE_ID": "you/inzwa", "HF_HOME": "/hub"}, file) == Path("/hub/inzwa")
    if os.geteuid():  # who is root may write everywhere
        file.unlink()
        file.mkdir(mode=0o500)
        assert default_cache({"SPACE_ID": "you/inzwa", "HF_HOME": "/hub"}, file) == Path("/hub/inzwa")


def test_outside_a_space_a_folder_called_data_is_not_the_cache(tmp_path: Path) -> None:
    environ = {"HF_HOME": "/hub", "XDG_CACHE_HOME": str(tmp_path)}
    assert default_cache(environ, tmp_path) == tmp_path / "inzwa"
