"""Where things are in the published dataset: a file for each contributor and table, so that pushing again changes
nothing and withdrawing deletes files."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from inzwa.feedback.export.rows import ContributorData
from inzwa.feedback.export.tables import TABLES, AnyRow, Item, Recording, to_jsonl
from inzwa.feedback.recordings import sound_path
from inzwa.feedback.tasks.clips import clip_path

CARD: Final = "README.md"
SHARED_ITEMS: Final = "data/items/items.jsonl"
"""Items that are nobody's own."""
PATTERNS: Final = {name: f"data/{name}/*.jsonl" for name in TABLES} | {"recordings": "data/recordings/*/metadata.jsonl"}
"""Table to the files that hold it."""
ABOUT: Final = """\
Load a table with `datasets.load_dataset("ORG/NAME", "ratings")`. Sound files of recordings are in
`data/recordings/CONTRIBUTOR`, an audio folder each, and sounds of voices in `data/clips`."""

_PLACE: Final = re.compile(
    r"data/(?:(?P<table>ratings|judgements|items|consents|withdrawn)/(?P<one>[0-9a-f]{32})\.jsonl"
    r"|recordings/(?P<two>[0-9a-f]{32})/(?:metadata\.jsonl|(?P<sound>[0-9a-f]{64})\.flac)"
    r"|clips/(?P<clip>[0-9a-f]{64})\.flac)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a path is the place of."""

    contributor: str
    """Empty for a clip."""
    table: str
    """Empty for a sound file."""
    sha256: str
    """Of a sound file."""


@dataclass(frozen=True, slots=True)
class Files:
    """What shall be at some paths."""

    texts: dict[str, bytes] = field(default_factory=dict)
    sounds: dict[str, Path] = field(default_factory=dict)
    """Each file here is named by the sha256 over its bytes."""


def place(path: str) -> Place | None:
    """None for a path that no contributor's file and no clip has."""
    found = _PLACE.fullmatch(path)
    if found is None:
        return None
    sound = found["sound"] or found["clip"] or ""
    return Place(found["one"] or found["two"] or "", "" if sound else found["table"] or "recordings", sound)


def files_of(data: ContributorData, folder: Path) -> Files:
    """The files of one contributor, or of the shared items. A recording whose sound file is gone is left out."""
    files = Files()
    for table, rows in data.tables.items():
        kept = tuple(row for row in rows if not isinstance(row, Recording) or sound_path(folder, row.sha256).exists())
        if kept:
            files.texts[_text_path(table, data.contributor)] = to_jsonl(kept)
        for row in kept:
            files.sounds.update(_sounds(row, folder))
    return files


def _text_path(table: str, contributor: str) -> str:
    if not contributor:
        return SHARED_ITEMS
    if table == "recordings":
        return f"data/recordings/{contributor}/metadata.jsonl"
    return f"data/{table}/{contributor}.jsonl"


def _sounds(row: AnyRow, folder: Path) -> dict[str, Path]:
    match row:
        case Recording():
            return {f"data/recordings/{row.contributor}/{row.sha256}.flac": sound_path(folder, row.sha256)}
        case Item(contributor=""):
            clips = {sha256: clip_path(folder, sha256) for sha256 in (row.sound, row.first, row.second) if sha256}
            return {f"data/clips/{sha256}.flac": path for sha256, path in clips.items() if path.exists()}
    return {}
