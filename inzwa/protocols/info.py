"""What an engine says of itself and of its files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One file that an engine runs on."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    """Lower-case hexadecimal."""


@dataclass(frozen=True, slots=True)
class AdapterInfo:
    """A low-rank adapter (LoRA) that was added to a model."""

    name: str
    scale: float
    """1 as it was trained."""
    language: str = ""
    licence: str = ""
    source: str = ""
    files: tuple[FileInfo, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInfo:
    """What an engine says of itself, shown by /readyz, the page and `python -m inzwa check`."""

    engine: str
    """The program: faster-whisper, llama-cpp, vits, silero; or scripted."""
    version: str
    """The program's version."""
    model: str
    """The model's name in the catalogue."""
    language: str = ""
    """What the model was made for, as a person would say it."""
    licence: str = ""
    consequence: str = ""
    """What the licence means to a user, in one line."""
    source: str = ""
    """Where the files came from, with the version there: a wheel, the Hub at a commit, a folder."""
    files: tuple[FileInfo, ...] = ()
    load_ms: int = 0
    """Milliseconds to open the model."""
    warm_ms: int = 0
    """Milliseconds of the dummy run."""
    adapter: AdapterInfo | None = None
    """What was added to the model, if anything."""

    @property
    def title(self) -> str:
        """The model for people, with what was added to it."""
        return f"{self.model} with {self.adapter.name} (scale {self.adapter.scale:g})" if self.adapter else self.model
