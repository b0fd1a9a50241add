"""models.lock: what the first pull of each model found, which every later fetch must find again."""

import json
from pathlib import Path
from typing import Any, Final

from inzwa.errors import ModelCorrupt
from inzwa.models.cache.folder import Cache
from inzwa.models.cache.model_dir import write_json
from inzwa.models.file_records import files_from_json, files_to_json
from inzwa.models.sources.source import Pin

NAME: Final = "models.lock"


class LockFile:
    """The pins of one cache folder. Any number of processes may read and write it."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    @property
    def path(self) -> Path:
        return self._cache.folder / NAME

    def names(self) -> tuple[str, ...]:
        """Every model that is pinned. ModelCorrupt as for `pin`."""
        return tuple(self._read())

    def pin(self, model: str) -> Pin | None:
        """What the model is pinned to. ModelCorrupt when the file cannot be understood."""
        lines = self._read()
        if model not in lines:
            return None
        line = lines[model]
        try:
            facts = {str(key): str(value) for key, value in line["facts"].items()}
            return Pin(str(line["place"]), facts, files_from_json(line["files"]))
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise self.damaged(f"{model}: {error!r}") from None

    def damaged(self, found: str) -> ModelCorrupt:
        """What is wrong with the file, and the remedy."""
        return ModelCorrupt(
            f"{self.path}: expected the pins of models as JSON, found {found}; mend the file, or delete it to pin anew"
        )

    def write(self, model: str, pin: Pin) -> None:
        """Pin the model to this from now on."""
        with self._cache.locked("_models", lambda: None):
            line = {"place": pin.source, "facts": dict(pin.facts), "files": files_to_json(pin.files)}
            write_json(self.path, dict(sorted({**self._read(), model: line}.items())))

    def _read(self) -> dict[str, Any]:
        try:
            lines = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError) as error:
            raise self.damaged(str(error)) from None
        if not isinstance(lines, dict):
            raise self.damaged("no object")
        return lines
