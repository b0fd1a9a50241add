"""llama.cpp's kernels built for this processor: what `make` has built here, and what cannot be built."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inzwa.cli.main import main
from inzwa.engines.llm.llama.library import LIBRARY, tuned_folder
from inzwa.engines.llm.llama.tuning import build_tuned
from inzwa.errors import EngineError
from inzwa.hardware.processor import this_processor
from inzwa.models.store import default_cache

AMX = ("tileload", "tilestore", "ldtilecfg", "tdpb")


@pytest.fixture
def tuned() -> Path:
    """What `make models` has built before the tests; built here where it has not."""
    return build_tuned(default_cache(), this_processor(), print)


@pytest.mark.timeout(300)
def test_it_is_whole_and_lies_under_this_processors_features(tuned):
    assert tuned == tuned_folder(default_cache(), this_processor())
    names = {file.name for file in tuned.iterdir()}
    assert {LIBRARY, "libggml.so.0", "libggml-base.so.0", "libggml-cpu.so.0"} <= names


@pytest.mark.timeout(300)
def test_it_never_uses_amx(tuned):
    listing = subprocess.run(
        [shutil.which("objdump") or "objdump", "-d", "--no-show-raw-insn", tuned / "libggml-cpu.so.0"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    assert [name for name in AMX if name in listing.stdout] == []


@pytest.mark.timeout(300)
def test_what_is_there_is_not_built_again(tuned):
    reported: list[str] = []
    assert build_tuned(default_cache(), this_processor(), reported.append) == tuned
    assert reported == []


def test_a_build_that_fails_is_an_error_and_leaves_nothing(tmp_path):
    nowhere = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "INZWA_CACHE": str(tmp_path)}
    command = [sys.executable, "-m", "inzwa", "tune"]
    done = subprocess.run(command, env=nowhere, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 1
    assert done.stderr.startswith("engine_failed: llama.cpp could not be built for this processor (ERROR: ")
    assert list((tmp_path / "llama.cpp").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "llama.cpp").write_text("a file where the folder should be")
    with pytest.raises(EngineError, match=r"cannot be built in .*llama\.cpp: "):
        build_tuned(tmp_path, this_processor(), print)


@pytest.mark.timeout(300)
def test_the_command_says_where_it_lies(tuned, capsys):
    assert main(["tune"], {}) == 0
    assert f"was built before: {tuned}" in capsys.readouterr().out
