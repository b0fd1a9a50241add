"""models.lock: what a first pull found, kept in the cache, and held to ever after. Knows nothing of the network."""

import json
from pathlib import Path
from typing import Any

from inzwa.errors import ModelCorrupt
from inzwa.models.cache.folder import Cache
from inzwa.models.cache.model_dir import write_json
from inzwa.models.sources.source import Pin
from inzwa.models.toml_table import described_file

NAME = "models.lock"


class LockFile:
    """The pins of one cache folder. Any number of processes may read and write it."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    @property
    def path(self) -> Path:
        return self._cache.folder / NAME

    def names(self) -> tuple[str, ...]:
        """Every model that is held to something. ModelCorrupt as for `pin`."""
        return tuple(self._read())

    def pin(self, model: str) -> Pin | None:
        """What the model is held to. ModelCorrupt when the file cannot be understood."""
        lines = self._read()
        return self._pin(model, lines[model]) if model in lines else None

    def spoilt(self, found: str) -> ModelCorrupt:
        """What is wrong with the file, and the remedy."""
        return ModelCorrupt(
            f"{self.path}: expected the pins of models as JSON, found {found}; mend the file, or delete it to pin anew"
        )

    def write(self, model: str, pin: Pin) -> None:
        """Hold the model to this from now on."""
        with self._cache.locked("_models", lambda: None):
            files = {file.name: {"size": file.size, "sha256": file.sha256} for file in pin.files}
            line = {"place": pin.place, "facts": dict(pin.facts), "files": files}
            write_json(self.path, dict(sorted({**self._read(), model: line}.items())))

    def _read(self) -> dict[str, Any]:
        try:
            lines = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError) as error:
            raise self.spoilt(str(error)) from None
        return lines if isinstance(lines, dict) else self._refuse("no object")

    def _pin(self, model: str, line: Any) -> Pin:
        try:
            files = tuple(described_file(name, said) for name, said in line["files"].items())
            facts = {str(key): str(value) for key, value in line["facts"].items()}
            return Pin(str(line["place"]), facts, files)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise self.spoilt(f"{model}: {error!r}") from None

    def _refuse(self, found: str) -> dict[str, Any]:
        raise self.spoilt(found)
