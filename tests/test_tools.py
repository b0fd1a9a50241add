"""The tools that contributors run are configured as they expect."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_pre_commit_hooks_are_a_valid_configuration_and_call_targets_of_the_makefile() -> None:
    config = ROOT / ".pre-commit-config.yaml"
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    entries = [
        line.split("entry: make ")[1] for line in config.read_text(encoding="utf-8").splitlines() if "entry:" in line
    ]
    assert entries == ["lint", "types", "lint-js"]
    assert all(f"\n{target}: " in makefile for target in entries)
