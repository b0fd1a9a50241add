"""A checkpoint as transformers saves it: JSON files, tensors, and progress as they are read."""

import json
from pathlib import Path, PurePosixPath
from typing import Any, Final

from inzwa.errors import NotConvertible
from inzwa.formats.safetensors import Tensors, Weights
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import Progress, ProgressCallback

MOST_JSON_BYTES: Final = 1 << 26
"""Four times the largest vocabularies."""


class Checkpoint:
    """One model's files, opened for conversion. Every tensor that is read is reported as progress."""

    def __init__(self, source: LocalModel, target: str, report: ProgressCallback) -> None:
        """`target` is the file that is being made, as progress names it. NotConvertible without a safetensors file."""
        self._paths = _beside_config(source)
        whole = self._paths.get("model.safetensors")
        shards = [whole] if whole else [path for name, path in self._paths.items() if name.endswith(".safetensors")]
        if not shards:
            found = ", ".join(self._paths) or "no file"
            raise NotConvertible(f"{source.name}: expected a .safetensors file, found {found}")
        self.name = source.name
        self._tensors = Tensors(shards)
        self._target, self._report = target, report
        self._done_bytes = 0

    def path(self, name: str) -> Path | None:
        """The file of exactly that name."""
        return self._paths.get(name)

    def json(self, name: str) -> dict[str, Any]:
        """A file's JSON object; empty where there is no such file."""
        if (path := self.path(name)) is None:
            return {}
        if path.stat().st_size > MOST_JSON_BYTES:
            raise NotConvertible(f"{name}: expected at most {MOST_JSON_BYTES} bytes of JSON, found more")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise NotConvertible(f"{name}: expected JSON, found {error}") from error
        if not isinstance(content, dict):
            raise NotConvertible(f"{name}: expected a JSON object, found {type(content).__name__}")
        return content

    def config(self, model_type: str) -> dict[str, Any]:
        """config.json. NotConvertible for another type of model."""
        content = self.json("config.json")
        if (found := content.get("model_type")) != model_type:
            raise NotConvertible(f"config.json: expected model_type {model_type!r}, found {found!r}")
        return content

    def has(self, name: str) -> bool:
        return name in self._tensors

    def tensor(self, name: str, *shape: int) -> Weights:
        """A tensor of that shape, float32."""
        if (found := self._tensors.shape(name)) != shape:
            raise NotConvertible(f"{name}: expected the shape {list(shape)}, found {list(found)}")
        values = self._tensors.read(name)
        self._done_bytes += self._tensors.size(name)
        self._report_progress()
        return values

    def finish(self) -> None:
        """Report all as done: tensors that were not read are not needed."""
        self._done_bytes = self._tensors.total_size
        self._report_progress()

    def _report_progress(self) -> None:
        self._report(Progress(self.name, self._target, self._done_bytes, self._tensors.total_size, "converting"))


def _beside_config(source: LocalModel) -> dict[str, Path]:
    """The files in the folder of the uppermost config.json: a repository may hold older checkpoints below it."""
    names = [PurePosixPath(file.name) for file in source.files]
    configs = [name for name in names if name.name == "config.json"]
    if not configs:
        raise NotConvertible(f"{source.name}: expected config.json, found {', '.join(map(str, names)) or 'no file'}")
    folder = min(configs, key=lambda name: len(name.parts)).parent
    return {name.name: source.folder / name for name in names if name.parent == folder}
