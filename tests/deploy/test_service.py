"""The systemd unit: systemd understands it, and finds little to reproach."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from inzwa.settings import load_settings

UNIT = Path(__file__).parents[2] / "deploy" / "inzwa.service"
MOST_EXPOSED = 2.0
"""Of 10, as systemd-analyze counts; 1.4 with systemd 252."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


def said(name: str) -> list[str]:
    """The values of a directive."""
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


def test_it_serves_as_a_user_of_no_rights_that_writes_to_its_state_alone() -> None:
    assert said("DynamicUser") == said("NoNewPrivileges") == ["yes"]
    assert said("ProtectSystem") == ["strict"]
    assert said("StateDirectory") == ["inzwa"]
    assert said("CapabilityBoundingSet") == [""]


def test_its_environment_is_one_that_inzwa_takes_and_stopping_leaves_time_to_drain() -> None:
    pairs = [pair.partition("=") for line in said("Environment") for pair in line.split()]
    settings = load_settings({name: value for name, _, value in pairs if name.startswith("INZWA_")})
    assert str(settings.cache).startswith("/var/lib/inzwa/")
    assert str(settings.data).startswith("/var/lib/inzwa/")
    assert int(said("TimeoutStopSec")[0]) > settings.drain_s


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    text = re.sub(r"^ExecStart=.*", "ExecStart=/bin/true", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    copy = tmp_path / UNIT.name
    copy.write_text(text.replace("WorkingDirectory=/opt/inzwa", "WorkingDirectory=/"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_systemd_finds_little_to_reproach() -> None:
    command = ["systemd-analyze", "security", "--offline=true", UNIT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"exposure level for inzwa.service: ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= MOST_EXPOSED
