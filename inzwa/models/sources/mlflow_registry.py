"""An MLflow registry, asked through a program of its own."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import disk_usage
from typing import Any, Final, Self
from urllib.parse import urlsplit

from inzwa.errors import ModelUnavailable
from inzwa.models.sources.program import printed_lines

REQUIREMENTS: Final = "requirements-mlflow.txt"
PROGRAM: Final = "inzwa.models.sources.mlflow_program"
_SECRETS: Final = ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_PASSWORD")
_GONE: Final = "RESOURCE_DOES_NOT_EXIST"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a registered model, as the registry describes it."""

    number: str
    sizes: Mapping[str, int]
    """Path of each file to its bytes."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry that an environment names."""

    environ: Mapping[str, str]

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """ModelUnavailable where none is named, or where MLflow's client is not installed."""
        if not (environ.get("MLFLOW_REGISTRY_URI") or environ.get("MLFLOW_TRACKING_URI")):
            raise ModelUnavailable("no MLflow registry is named: set MLFLOW_TRACKING_URI to its address")
        if find_spec("mlflow") is None:
            raise ModelUnavailable(
                f"models of an MLflow registry need its client: `pip install -r {REQUIREMENTS}`, then start again"
            )
        return cls(environ)

    @property
    def address(self) -> str:
        """For people: without a user's name and password."""
        parts = urlsplit(self._uri)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def _uri(self) -> str:
        return self.environ.get("MLFLOW_REGISTRY_URI") or self.environ["MLFLOW_TRACKING_URI"]

    def describe(self, name: str, which: str) -> Version:
        """The version that @ALIAS or a number means now. ModelUnavailable when there is none, or no answer."""
        with closing(self._answers(name, which, "describe", name, which)) as lines:
            for line in lines:
                return Version(str(line["version"]), {str(path): int(size) for path, size in line["files"].items()})
        raise self._no_answer()

    def fetch(self, name: str, version: Version, paths: Sequence[str], folder: Path) -> Generator[Path, None, None]:
        """Each of these files, below the folder, in this order, as soon as it is there."""
        if sum(version.sizes.get(path, 0) for path in paths) > disk_usage(folder).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fetched = 0
        with closing(self._answers(name, version.number, "fetch", name, version.number, str(folder), *paths)) as lines:
            for line in lines:
                fetched += 1
                yield self._inside(folder, Path(str(line["file"])))
        if fetched < len(paths):
            raise self._no_answer()

    def _inside(self, folder: Path, file: Path) -> Path:
        if folder.resolve() not in file.resolve().parents:
            raise ModelUnavailable(f"the MLflow registry at {self.address} put a file elsewhere than it was told to")
        return file

    def _answers(self, name: str, which: str, *arguments: str) -> Generator[dict[str, Any], None, None]:
        """The program's answers, one a line. Closing the generator early kills the program."""
        environ = {**self.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}
        command = [sys.executable, "-W", "ignore", "-m", PROGRAM, *arguments]
        printed = printed_lines(command, environ, stderr=subprocess.DEVNULL, folder=Path(__file__).parents[3])
        with closing(printed) as lines:
            for text in lines:
                answer = _parsed(text)
                if "error" in answer:
                    raise self._refusal(name, which, answer)
                if answer:
                    yield answer

    def _refusal(self, name: str, which: str, line: Mapping[str, Any]) -> ModelUnavailable:
        if line.get("code") == _GONE:
            return ModelUnavailable(
                f"the MLflow registry at {self.address} has no {name} {which}; correct the name, alias or version"
            )
        reason = str(line["error"]).strip().splitlines()[0]
        for secret in filter(None, (self.environ.get(key) for key in _SECRETS)):
            reason = reason.replace(secret, "…")
        return ModelUnavailable(f"the MLflow registry at {self.address}: {reason.replace(self._uri, self.address)}")

    def _no_answer(self) -> ModelUnavailable:
        return ModelUnavailable(
            f"the MLflow client ended without an answer from {self.address}; "
            f"`pip install -r {REQUIREMENTS}` puts it right where it is broken"
        )


def _parsed(text: str) -> dict[str, Any]:
    """A line of JSON; nothing for what a library printed besides."""
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
