"""python -m inzwa models, with a catalogue of the user's own and a Hub on loopback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import inzwa
from tests.models.hub_model import FILES, REPOSITORY, WEIGHTS, HubModel

pytestmark = pytest.mark.processes


def models(pupil: HubModel, *arguments: str) -> "subprocess.CompletedProcess[str]":
    catalogue = pupil.folder / "mine.toml"
    catalogue.write_text(pupil.text)
    ours = {"INZWA_CACHE": str(pupil.cache), "INZWA_CATALOGUE": str(catalogue), "NO_PROXY": "*"}
    return subprocess.run(
        [sys.executable, "-m", "inzwa", "models", *arguments],
        env={**os.environ, **pupil.environ, **ours},
        cwd=Path(inzwa.__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_model_of_ones_own_is_fetched_listed_updated_verified_and_removed(pupil: HubModel) -> None:
    fetched = models(pupil, "fetch", "pupil")
    assert fetched.returncode == 0, fetched.stderr
    assert "pupil: ready, from hub org/pupil@" in fetched.stdout
    assert "Free for any use." in fetched.stdout
    assert "as it was" in models(pupil, "update", "pupil").stdout
    commit = pupil.hub.push(REPOSITORY, {**FILES, "model.gguf": WEIGHTS[::-1]})
    updated = models(pupil, "update", "pupil").stdout
    assert updated.startswith(f"pupil: new, from hub org/pupil@{commit}")
    line = next(line for line in models(pupil).stdout.splitlines() if line.startswith("pupil "))
    assert line.split()[1:5] == ["llm", "ready", "1.0", "MB"]
    assert models(pupil, "verify", "pupil").returncode == 0
    assert "bytes freed" in models(pupil, "remove", "pupil").stdout


def test_a_model_that_cannot_be_had_ends_with_the_reason_and_a_code(pupil: HubModel) -> None:
    pupil.hub.tokens[REPOSITORY] = "hf_secret"
    done = models(pupil, "fetch", "pupil")
    assert done.returncode == 1
    assert "model_unavailable: org/pupil is gated" in done.stderr


def test_a_catalogue_with_a_typo_ends_with_place_expected_and_found(pupil: HubModel) -> None:
    pupil.text = pupil.text.replace("licence", "license")
    done = models(pupil, "list")
    assert done.returncode == 1
    assert "bad_catalogue: mine.toml: pupil: expected only the keys" in done.stderr
    assert "'license'" in done.stderr
