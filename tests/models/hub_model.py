"""A small model on the loopback Hub, and a store that fetches it from there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from inzwa.models.catalogue import Catalogue, parse_catalogue
from inzwa.models.store import Store
from tests.models.sources.hub.hub_server import LoopbackHub

WEIGHTS: Final = bytes(range(1, 251)) * 4_000
"""One megabyte: kept on the storage host."""
CONFIG: Final = b'{"layers": 1}'
FILES: Final = {"model.gguf": WEIGHTS, "config.json": CONFIG, "pytorch_model.bin": b"never", "README.md": b"# read me"}
REPOSITORY: Final = "org/pupil"

OPEN: Final = """
[pupil]
stage = "llm"
language = "Shona"
licence = "MIT"
consequence = "Free for any use."

[[pupil.sources]]
kind = "hub"
repository = "org/pupil"
revision = "main"
take = ["*.gguf", "config.json"]
may_take = ["vocab.json"]
"""


@dataclass
class HubModel:
    """A Hub with one model, a catalogue that names it, and a cache; remembers how long was waited."""

    hub: LoopbackHub
    folder: Path
    text: str = OPEN
    environ: dict[str, str] = field(default_factory=dict)
    pauses_s: list[float] = field(default_factory=list)
    """Seconds that a store was told to wait before its next attempts; it does not really wait."""

    @classmethod
    def open(cls, hub: LoopbackHub, folder: Path, files: Mapping[str, bytes] = FILES) -> "HubModel":
        """The model is on the Hub, and nothing is in the cache."""
        hub.push(REPOSITORY, files)
        environ = {"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(folder / "hf"), "HF_HUB_DOWNLOAD_TIMEOUT": "30"}
        return cls(hub, folder, environ=environ)

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def catalogue(self) -> Catalogue:
        return parse_catalogue(self.text, origin="mine.toml")

    def store(self, environ: Mapping[str, str] | None = None, **options: Any) -> Store:
        seen = {**self.environ, **(environ or {})}
        given = {"catalogue": self.catalogue(), "environ": seen, "pause": self.pauses_s.append, **options}
        return Store(self.cache, **given)

    def cached_files(self) -> list[str]:
        """Names of all files in models' folders of the cache."""
        return sorted(path.name for path in (self.cache / "models").rglob("*") if path.is_file())
