"""A program of its own that asks an MLflow registry: which files a model's version has, and their bytes.

`python -m inzwa.models.sources.mlflow_program describe NAME @ALIAS`, or `fetch NAME VERSION FOLDER PATH...`, prints
JSON lines. The registry is the one that MLFLOW_REGISTRY_URI or MLFLOW_TRACKING_URI names. A process apart, so that
MLflow keeps its settings, threads and retries to itself and may be ended at any moment. Needs requirements-mlflow.txt.
"""

import json
import os
import sys
from collections.abc import Iterator

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository


def describe(client: MlflowClient, name: str, which: str) -> dict[str, object]:
    """The version's number, and path and size of every file. `which` is @ALIAS or the number."""
    version = which
    if which.startswith("@"):
        version = str(client.get_model_version_by_alias(name, which[1:]).version)
    files = dict(_walk(_repository(client, name, version)))
    return {"version": version, "files": files}


def fetch(client: MlflowClient, name: str, version: str, folder: str, *paths: str) -> Iterator[dict[str, object]]:
    """Each file below the folder, named when it is there."""
    repository = _repository(client, name, version)
    for path in paths:
        yield {"path": path, "file": repository.download_artifacts(path, dst_path=folder)}


def main(action: str, *arguments: str) -> int:
    """The exit status: 1, after an `error` line, when the registry refused."""
    tracking = os.environ.get("MLFLOW_TRACKING_URI")
    registry = os.environ.get("MLFLOW_REGISTRY_URI") or tracking
    try:
        client = MlflowClient(tracking_uri=tracking or registry, registry_uri=registry)
        answers = [describe(client, *arguments)] if action == "describe" else fetch(client, *arguments)
        for answer in answers:
            print(json.dumps(answer), flush=True)  # noqa: T201 its output is its answer
    except (MlflowException, OSError) as error:
        code = error.error_code if isinstance(error, MlflowException) else ""
        print(json.dumps({"error": str(error), "code": code}), flush=True)  # noqa: T201
        return 1
    return 0


def _repository(client: MlflowClient, name: str, version: str) -> ArtifactRepository:
    return get_artifact_repository(client.get_model_version_download_uri(name, version))


def _walk(repository: ArtifactRepository, folder: str | None = None) -> Iterator[tuple[str, int]]:
    for each in repository.list_artifacts(folder):
        if each.is_dir:
            yield from _walk(repository, each.path)
        else:
            yield each.path, each.file_size or 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
