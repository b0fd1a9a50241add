"""An MLflow registry in a folder, filled by a process of its own; in the `convert` tests, which have MLflow."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inzwa.models.catalogue import parse_catalogue
from inzwa.models.store import Store

REGISTER: Final = """
import json, sys
from mlflow import MlflowClient

name, alias, folder = sys.argv[1:]
client = MlflowClient()
found = client.get_experiment_by_name("models")
run = client.create_run(found.experiment_id if found else client.create_experiment("models")).info
client.log_artifacts(run.run_id, folder, artifact_path="model")
if not client.search_registered_models(f"name = '{name}'"):
    client.create_registered_model(name)
made = client.create_model_version(name, source=f"{run.artifact_uri}/model", run_id=run.run_id)
client.set_registered_model_alias(name, alias, str(made.version))
print(json.dumps({"version": str(made.version), "artifacts": f"{run.artifact_uri}/model"}))
"""

TAKEN: Final = """
[tiny]
stage = "llm"
language = "Shona"
licence = "MIT"
consequence = "Free for any use."
[[tiny.sources]]
kind = "mlflow"
model = "shona-llm"
alias = "champion"
take = ["weights/*.gguf"]
may_take = ["config.json"]
"""


@dataclass(frozen=True, slots=True)
class MlflowRegistry:
    """The registry, and a cache to fetch into."""

    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        uri = (self.folder / "registry").as_uri()
        return {**os.environ, "MLFLOW_TRACKING_URI": uri, "MLFLOW_ALLOW_FILE_STORE": "true"}

    def register(self, files: Mapping[str, bytes], *, name: str = "shona-llm", alias: str = "champion") -> Path:
        """A new version with these files, under the alias; where its artifacts lie."""
        source = self.folder / f"source-{len(list(self.folder.iterdir()))}"
        for path, content in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(content)
        command = [sys.executable, "-W", "ignore", "-c", REGISTER, name, alias, str(source)]
        said = subprocess.run(command, env=self.environ, capture_output=True, text=True, check=True).stdout
        return Path(json.loads(said.splitlines()[-1])["artifacts"].removeprefix("file://"))

    def store(self, catalogue: str = TAKEN, **options: Any) -> Store:
        given = {"catalogue": parse_catalogue(catalogue, origin="mine.toml"), "environ": self.environ, **options}
        return Store(self.folder / "cache", **given)
