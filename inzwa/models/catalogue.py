"""What models there are: catalogue.toml read into frozen entries."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

from inzwa.errors import CatalogueError
from inzwa.models.pickles import is_pickle_name
from inzwa.models.sources.hub.source import HubSource, UnpinnedHub
from inzwa.models.sources.mlflow_source import UnpinnedMlflow
from inzwa.models.sources.packages import PackageSource
from inzwa.models.sources.source import Pin, Source, UnpinnedSource
from inzwa.models.sources.wheels import WheelSource
from inzwa.models.toml_table import TomlTable, is_file_name
from inzwa.protocols import FileInfo

STAGES: Final = ("vad", "asr", "llm", "tts", "lora")
"""What a model is for; `lora` is an adapter, which serves no stage by itself but is added to a language model."""
SPEEDS: Final = ("fast", "steady", "slow")
"""On two cores: `fast` leaves room for others, `steady` keeps up with speech, `slow` wants four at least."""

CatalogueSource = WheelSource | PackageSource | HubSource

KINDS: Final[Mapping[str, Callable[[TomlTable], CatalogueSource]]] = {
    "wheels": WheelSource.read,
    "package": PackageSource.read,
    "hub": HubSource.read,
}
"""How each kind of source is read."""

UNPINNED_KINDS: Final[Mapping[str, Callable[[TomlTable], UnpinnedSource]]] = {
    "hub": UnpinnedHub.read,
    "mlflow": UnpinnedMlflow.read,
}
"""The same of those whose files are pinned at the first pull."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]*")
_KEYS: Final = ("stage", "language", "licence", "consequence", "memory_mib", "speed", "auto", "convert")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model: its files, what may be done with them, and where to look for them."""

    name: str
    stage: str
    """One of STAGES; empty, because unknown, when a user named the files."""
    language: str
    """What it was made for, for people."""
    licence: str
    consequence: str
    """What the licence means to a user, in one line."""
    files: tuple[FileInfo, ...] = ()
    """Every file; of an unpinned source, those whose digest is known beforehand."""
    sources: tuple[Source, ...] = ()
    """In the order in which to try them; none where there is an unpinned one."""
    unpinned: UnpinnedSource | None = None
    """Where the files are, when what they are is only pinned at the first pull."""
    folder: Path | None = None
    """Where the files lie on this disk already, to be used where they are."""
    local_files: tuple[str, ...] = ()
    """The names of the files in `folder`; whatever their bytes are is right."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Further facts for engines and readers: a chat format, for example."""
    memory_mib: int = 0
    """Mebibytes it takes when loaded; 0 when unknown."""
    speed: str = "steady"
    """One of SPEEDS."""
    auto: bool = False
    """Whether it may be chosen for a user who named no model."""
    convert: str = ""
    """The converter that makes of these files those that an engine opens; empty when they are opened as they are."""

    @property
    def cache_name(self) -> str:
        """Its name as a folder's name."""
        return cache_name(self.name)

    @property
    def size(self) -> int:
        """Bytes of all files that are known."""
        return sum(file.size for file in self.files)

    def serves(self, stage: str) -> bool:
        """Whether it is for that stage, as far as is known."""
        return self.stage in ("", stage)

    def pinned(self, pin: Pin) -> Self:
        """The same model with its source pinned."""
        assert self.unpinned is not None
        return replace(self, files=pin.files, sources=(self.unpinned.pinned(pin),), unpinned=None)


def cache_name(model: str) -> str:
    """A model's name as a folder's name; another one for every model."""
    if _NAME.fullmatch(model):
        return model
    plain = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")
    return f"{plain[-60:]}-{hashlib.sha256(model.encode()).hexdigest()[:8]}"


Catalogue = Mapping[str, Entry]
"""Name to entry, in the order of the file: of one stage, the better ones first."""


def load_catalogue(*own: Path) -> Catalogue:
    """What comes with Inzwa, and before it the files of a user's `own`, whose entries replace those of the same name.

    CatalogueError says what is wrong with which file.
    """
    entries: dict[str, Entry] = {}
    for path in (*own, Path(__file__).with_name("catalogue.toml")):
        entries = {**entries, **{name: entry for name, entry in read_catalogue(path).items() if name not in entries}}
    return entries


def read_catalogue(path: Path) -> Catalogue:
    """The entries of one file alone."""
    try:
        return parse_catalogue(path.read_text(encoding="utf-8"), origin=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"the catalogue {path} cannot be read: {error}") from error


def parse_catalogue(text: str, *, origin: str) -> Catalogue:
    """Entries from TOML. `origin` names the file in errors."""
    try:
        root = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CatalogueError(f"{origin}: expected TOML, found an error: {error}") from error
    return {name: _read_entry(name, table) for name, table in TomlTable(root, origin).subtables().items()}


def _read_entry(name: str, table: TomlTable) -> Entry:
    if not _NAME.fullmatch(name):
        raise CatalogueError(f"{table.where}: expected a name of a-z, 0-9, dots and dashes, found {name!r}")
    table.only(*_KEYS, "files", "facts", "sources")
    files = tuple(_read_file(file, inner) for file, inner in table.table("files", {}).subtables().items())
    unpinned = _read_unpinned(table)
    if not files and unpinned is None:
        table.refuse("files", "at least one file")
    return Entry(
        name=name,
        stage=table.choice("stage", STAGES),
        language=table.text("language"),
        licence=table.text("licence"),
        consequence=table.text("consequence"),
        files=files,
        sources=() if unpinned else tuple(_read_source(source, files) for source in table.tables("sources")),
        unpinned=unpinned,
        facts=table.texts("facts"),
        memory_mib=table.count("memory_mib", 0),
        speed=table.choice("speed", SPEEDS, "steady"),
        auto=table.flag("auto"),
        convert=table.text("convert", ""),
    )


def _read_file(name: str, table: TomlTable) -> FileInfo:
    if not is_file_name(name):
        raise CatalogueError(f"{table.where}: expected a file name inside the model's folder, found {name!r}")
    if is_pickle_name(name):
        raise CatalogueError(f"{table.where}: expected safetensors, GGUF, ONNX or other data, found a pickle")
    table.only("size", "sha256")
    return FileInfo(name, table.count("size"), table.sha256("sha256"))


def _read_unpinned(table: TomlTable) -> UnpinnedSource | None:
    """The one source that says `take`, or is a registry: its files are pinned at the first pull."""
    sources = table.tables("sources")
    if not any("take" in source.values or source.values.get("kind") == "mlflow" for source in sources):
        return None
    if len(sources) != 1:
        table.refuse("sources", "no other source beside one whose files are pinned at the first pull")
    return UNPINNED_KINDS[sources[0].choice("kind", tuple(UNPINNED_KINDS))](sources[0])


def _read_source(table: TomlTable, files: tuple[FileInfo, ...]) -> CatalogueSource:
    source = KINDS[table.choice("kind", tuple(KINDS))](table)
    wanted = {file.name for file in files}
    if source.file_names != wanted:
        raise CatalogueError(f"{table.where}: expected to give {sorted(wanted)}, found {sorted(source.file_names)}")
    return source
