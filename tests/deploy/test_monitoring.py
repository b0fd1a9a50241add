"""The alerts look at what Inzwa counts, and fire when they should."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from inzwa import errors
from inzwa.server.metrics import BUCKETS_S, LATENCIES, Metrics

FOLDER = Path(__file__).parents[2] / "deploy" / "monitoring"

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="no promtool here (Debian has it in the package prometheus)"
)


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_metric_of_an_alert_is_one_that_inzwa_has() -> None:
    known = {family.name for family in Metrics().registry.collect()}
    suffixes = re.compile(r"_(total|bucket)$")
    for rule in rules():
        names = re.findall(r"\binzwa_\w+", rule["expr"])
        assert names or rule["expr"].startswith("up{")
        assert {suffixes.sub("", name) for name in names} <= known


def test_every_code_step_and_outcome_of_an_alert_is_one_that_inzwa_says() -> None:
    text = "\n".join(rule["expr"] for rule in rules())
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.InzwaError)]
    codes = {code for said in re.findall(r'code=~?"([^"]+)"', text) for code in said.split("|")}
    assert codes <= {kind.code for kind in kinds}
    assert {f"{step}_ms" for step in re.findall(r'step="(\w+)"', text)} <= set(LATENCIES)
    assert set(re.findall(r'outcome="(\w+)"', text)) == {"failed"}
    assert BUCKETS_S[-1] > 1.2 > BUCKETS_S[0]


def test_every_alert_says_how_bad_it_is_and_what_it_means_and_is_tried_out() -> None:
    tried = (FOLDER / "alerts.test.yml").read_text(encoding="utf-8")
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "warn")
        assert rule["annotations"]["summary"].endswith(".")
        assert tried.count(f"alertname: {rule['alert']}") >= 2


def test_prometheus_shows_the_token_that_metrics_asks_for() -> None:
    settings = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = settings["scrape_configs"]
    assert job["authorization"] == {"credentials_file": "/run/secrets/metrics_token"}
    assert settings["rule_files"] == ["alerts.yml"]


@needs_promtool
@pytest.mark.parametrize("command", ["check rules alerts.yml", "test rules alerts.test.yml"])
def test_promtool_agrees(command: str) -> None:
    done = subprocess.run(["promtool", *command.split()], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
