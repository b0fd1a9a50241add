"""Native libraries are configured by the entry points, before any of them is loaded, and not by an import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inzwa.process import VARIABLES
from tests.code_rules.layers import HEAVY

ROOT = Path(__file__).parents[1]

SHOW = """
import json, os, sys
{before}
print(json.dumps([{names} and [os.environ.get(name) for name in {names}], sorted(sys.modules)]))
"""


def seen(before: str, **variables: str) -> tuple[list[str | None], set[str]]:
    """VARIABLES and the modules loaded, in another process after `before`."""
    names = [name for name, _ in VARIABLES]
    environ = {name: value for name, value in os.environ.items() if name not in names} | variables
    command = [sys.executable, "-c", SHOW.format(before=before, names=names)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    values, modules = json.loads(done.stdout.splitlines()[-1])
    return values, {module.partition(".")[0] for module in modules}


def test_an_import_of_the_package_changes_nothing() -> None:
    assert seen("import inzwa.cli.main, inzwa.protocols, inzwa.settings")[0] == [None] * len(VARIABLES)


@pytest.mark.parametrize(
    "start",
    [
        "from inzwa.cli.main import main; main(['ipa', 'mhoro'])",
        "from app import main; main(['ipa', 'mhoro'])",
        "import benchmarks.rig.figures",
    ],
)
def test_every_entry_point_applies_the_settings(start: str) -> None:
    assert seen(start)[0] == [value for _, value in VARIABLES]


def test_what_the_environment_says_stays() -> None:
    assert seen("from inzwa.process import prepare_process; prepare_process()", OMP_NUM_THREADS="7")[0][1] == "7"


@pytest.mark.parametrize("entry", ["app", "inzwa.__main__", "benchmarks"])
def test_nothing_heavy_is_loaded_before(entry: str) -> None:
    _, modules = seen(f"import {entry}")
    assert not modules & {"numpy", *HEAVY}
