"""Models of an MLflow registry: found by alias, pinned, fetched and verified; a real registry in a folder."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inzwa.errors import ModelCorrupt, ModelUnavailable
from inzwa.models.progress import Progress
from tests.models.sources.hub.hub_server import digest
from tests.models.sources.mlflow_registry import TAKEN, MlflowRegistry

pytestmark = pytest.mark.convert

WEIGHTS = b"GGUF" + bytes(range(250)) * 4_000
FILES = {"weights/model.gguf": WEIGHTS, "config.json": b"{}", "model.pkl": b"never", "requirements.txt": b"mlflow"}
DIRECT = "mlflow:shona-llm@champion"


@pytest.fixture
def registry(tmp_path: Path) -> MlflowRegistry:
    made = MlflowRegistry(tmp_path)
    made.register(FILES)
    return made


def lock_of(registry: MlflowRegistry, name: str = "tiny") -> dict:
    return json.loads((registry.folder / "cache" / "models.lock").read_text())[name]


def test_a_registered_model_is_fetched_by_its_alias_and_pinned_to_its_version(registry: MlflowRegistry) -> None:
    events: list[Progress] = []
    model = registry.store(report=events.append).fetch("tiny")
    assert model.path(".gguf").read_bytes() == WEIGHTS
    assert {file.name for file in model.files} == {"weights/model.gguf", "config.json"}
    assert model.source == "mlflow shona-llm version 1"
    assert lock_of(registry)["facts"] == {"version": "1"}
    assert lock_of(registry)["files"]["weights/model.gguf"]["sha256"] == digest(WEIGHTS).sha256
    told = [event for event in events if event.phase == "downloading"]
    assert told[-1].done_bytes == told[-1].total_bytes == len(WEIGHTS) + 2
    assert not list((registry.folder / "cache" / "partial").iterdir())


@pytest.mark.parametrize("name", [DIRECT, "mlflow:shona-llm/1"])
def test_a_model_that_is_named_directly_gives_what_an_engine_may_open_and_no_pickle(
    registry: MlflowRegistry, name: str
) -> None:
    model = registry.store().fetch(name)
    assert {file.name for file in model.files} == {"weights/model.gguf", "config.json"}
    shutil.rmtree(registry.folder / "registry")
    assert registry.store().fetch(name) == model


def test_an_alias_that_moves_is_not_followed_until_an_update_is_asked_for(registry: MlflowRegistry) -> None:
    store = registry.store()
    store.fetch("tiny")
    registry.register({**FILES, "weights/model.gguf": WEIGHTS[::-1]})
    assert store.fetch("tiny").path(".gguf").read_bytes() == WEIGHTS
    assert store.update("tiny").path(".gguf").read_bytes() == WEIGHTS[::-1]
    assert lock_of(registry)["facts"] == {"version": "2"}


def test_a_damaged_file_is_fetched_again_from_the_version_that_was_pinned(registry: MlflowRegistry) -> None:
    store = registry.store()
    store.fetch("tiny").path(".gguf").write_bytes(b"damaged")
    registry.register({**FILES, "weights/model.gguf": WEIGHTS[::-1]})
    assert store.fetch("tiny").path(".gguf").read_bytes() == WEIGHTS


def test_other_bytes_under_the_same_version_are_refused_with_both_hashes(
    registry: MlflowRegistry, tmp_path: Path
) -> None:
    artifacts = MlflowRegistry(tmp_path).register(FILES, name="other", alias="champion")
    store = registry.store(TAKEN.replace("shona-llm", "other"))
    store.fetch("tiny").path(".gguf").unlink()
    (artifacts / "weights" / "model.gguf").write_bytes(WEIGHTS[::-1])
    with pytest.raises(ModelCorrupt, match=r"weights/model\.gguf from the mlflow other version 1: expected") as error:
        store.fetch("tiny")
    assert digest(WEIGHTS).sha256 in error.value.message
    assert digest(WEIGHTS[::-1]).sha256 in error.value.message


def test_a_pickle_under_an_innocent_name_never_reaches_the_cache(registry: MlflowRegistry) -> None:
    registry.register({"weights/model.gguf": b"\x80\x04\x95" + WEIGHTS})
    with pytest.raises(ModelCorrupt, match=r"model\.gguf is a pickle"):
        registry.store().fetch("tiny")
    assert not list((registry.folder / "cache" / "models").rglob("*.gguf"))


@pytest.mark.parametrize(
    ("catalogue", "why"),
    [
        (TAKEN.replace("champion", "nobody"), "alias nobody not found"),
        (TAKEN.replace('alias = "champion"', 'version = "9"'), "has no shona-llm 9; correct"),
        (TAKEN.replace("shona-llm", "nobody"), "has no nobody @champion; correct"),
        (TAKEN.replace("*.gguf", "*.onnx"), "has no file weights/*.onnx, only pickles, which are refused"),
    ],
)
def test_what_is_not_there_is_named(registry: MlflowRegistry, catalogue: str, why: str) -> None:
    with pytest.raises(ModelUnavailable) as error:
        registry.store(catalogue).fetch("tiny")
    assert why in error.value.message


def test_a_registry_that_cannot_be_reached_is_named_without_its_password(registry: MlflowRegistry) -> None:
    far = {
        "MLFLOW_TRACKING_URI": "http://rudo:chakavanzika@127.0.0.1:1",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_TRACKING_TOKEN": "svosve",
    }
    with pytest.raises(ModelUnavailable, match=r"the MLflow registry at http://127\.0\.0\.1:1: ") as error:
        registry.store(environ={**registry.environ, **far}).fetch("tiny")
    assert "chakavanzika" not in error.value.message
    assert "svosve" not in error.value.message


def test_a_fetch_that_was_killed_leaves_nothing_that_counts_as_the_model(registry: MlflowRegistry) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from inzwa.models.catalogue import read_catalogue
from inzwa.models.store import Store

def report(progress):
    if progress.done_bytes > 1000:
        os.kill(os.getpid(), signal.SIGKILL)

Store(Path(sys.argv[1]), catalogue=read_catalogue(Path(sys.argv[2])), report=report).fetch("tiny")
"""
    (registry.folder / "mine.toml").write_text(TAKEN)
    cache = registry.folder / "cache"
    command = [sys.executable, "-c", program, str(cache), str(registry.folder / "mine.toml")]
    assert subprocess.run(command, env=registry.environ, check=False).returncode == -9
    assert registry.store().find("tiny") is None
    assert not (cache / "models.lock").exists()
    assert registry.store().fetch("tiny").path(".gguf").read_bytes() == WEIGHTS
