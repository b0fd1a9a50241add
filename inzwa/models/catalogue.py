"""What models there are: catalogue.toml read into frozen entries. Knows nothing of the disk or of the network."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inzwa.errors import CatalogueError
from inzwa.models.packages import PackageSource
from inzwa.models.sources import Source
from inzwa.models.tables import Table, is_file_name
from inzwa.models.wheels import WheelSource
from inzwa.protocols import FileInfo

STAGES: Final = ("vad", "asr", "llm", "tts")
KINDS: Final[Mapping[str, Callable[[Table], Source]]] = {
    "wheels": WheelSource.read,
    "package": PackageSource.read,
}
"""How each kind of source is read."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model: its files, what may be done with them, and where to look for them."""

    name: str
    stage: str
    """vad, asr, llm or tts."""
    language: str
    """What it was made for, as a person would say it."""
    licence: str
    consequence: str
    """What the licence means to a user, in one line."""
    files: tuple[FileInfo, ...]
    sources: tuple[Source, ...]
    """In the order in which to try them."""
    facts: Mapping[str, str]
    """What an engine or a reader may want to know besides."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


Catalogue = Mapping[str, Entry]
"""Name to entry, in the order of the file."""


def load_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in this file, or the one that comes with Inzwa. CatalogueError says what is wrong with it."""
    path = path or Path(__file__).with_name("catalogue.toml")
    try:
        return parse_catalogue(path.read_text(encoding="utf-8"), origin=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"the catalogue {path} cannot be read: {error}") from error


def parse_catalogue(text: str, *, origin: str) -> Catalogue:
    """Entries from TOML. `origin` names the file in errors."""
    try:
        root = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{origin}: expected TOML, found an error: {error}") from error
    return {name: _read_entry(name, table) for name, table in Table(root, origin).subtables().items()}


def _read_entry(name: str, table: Table) -> Entry:
    if not _NAME.fullmatch(name):
        raise CatalogueError(f"{table.where}: expected a name of a-z, 0-9, dots and dashes, found {name!r}")
    table.only("stage", "language", "licence", "consequence", "files", "facts", "sources")
    files = tuple(_read_file(name, file) for name, file in table.table("files").subtables().items())
    return Entry(
        name=name,
        stage=table.choice("stage", STAGES),
        language=table.text("language"),
        licence=table.text("licence"),
        consequence=table.text("consequence"),
        files=files or table.refuse("files", "at least one file"),
        sources=tuple(_read_source(source, files) for source in table.tables("sources")),
        facts=table.texts("facts"),
    )


def _read_file(name: str, table: Table) -> FileInfo:
    if not is_file_name(name):
        raise CatalogueError(f"{table.where}: expected a file name inside the model's folder, found {name!r}")
    table.only("size", "sha256")
    return FileInfo(name, table.count("size"), table.sha256("sha256"))


def _read_source(table: Table, files: tuple[FileInfo, ...]) -> Source:
    source = KINDS[table.choice("kind", tuple(KINDS))](table)
    wanted = {file.name for file in files}
    if source.gives != wanted:
        raise CatalogueError(f"{table.where}: expected to give {sorted(wanted)}, found {sorted(source.gives)}")
    return source
