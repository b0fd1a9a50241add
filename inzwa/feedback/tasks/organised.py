"""Items that an organiser adds: clips of other voices, replies of other models, sentences; a JSON object a line.

{"kind": "naturalness", "payload": {"text": "…"}, "audio": ["clip.wav"], "hidden": {"system": "Voice X"}}
{"kind": "comparison", "payload": {"text": "…"}, "audio": ["x.wav", "y.wav"], "hidden": {"systems": ["X", "Y"]}}
{"kind": "reply", "payload": {"question": "…", "reply": "…"}, "hidden": {"system": "Model X"}}
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inzwa.errors import FeedbackError
from inzwa.feedback.records import JsonObject
from inzwa.feedback.tasks.clips import read_clip, save_clip
from inzwa.feedback.tasks.draw import SOUNDS
from inzwa.feedback.tasks.items import Item, Kind

ORIGIN: Final = "organiser"

MAX_SECONDS: Final = 60
"""Of one clip."""

_TEXTS: Final = {"reply": ("question", "reply"), "reading": ("text",), "review": ("text",), "transcript": ("text",)}
"""Texts that an item of the kind must have."""


class _Line(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    payload: dict[str, Annotated[str, Field(max_length=2_000)]] = {}
    audio: list[str] = []
    hidden: dict[str, Any] = {}


def items_from(path: Path, folder: Path) -> list[Item]:
    """The items of the file at `path`, their clips saved in the data folder `folder`.

    FeedbackError names the line that is wrong; BadAudio the clip. Paths of clips are relative to the file's folder.
    """
    return [_item(number, line, path.parent, folder) for number, line in _lines(path)]


def _lines(path: Path) -> Iterator[tuple[int, _Line]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FeedbackError(f"{path} cannot be read: {error}.") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, _Line.model_validate(json.loads(line))
            except (ValidationError, json.JSONDecodeError) as error:
                raise FeedbackError(f"Line {number} of {path.name}: {error}.") from error


def _item(number: int, line: _Line, beside: Path, folder: Path) -> Item:
    places = SOUNDS.get(line.kind, ())
    if len(line.audio) != len(places):
        raise FeedbackError(f"Line {number}: {line.kind} takes {len(places)} sound files in `audio`.")
    if missing := [name for name in _TEXTS.get(line.kind, ()) if not line.payload.get(name, "").strip()]:
        raise FeedbackError(f"Line {number}: {line.kind} needs `{missing[0]}` in `payload`.")
    sounds = {place: _saved(beside / name, folder) for place, name in zip(places, line.audio, strict=True)}
    hidden: JsonObject = {"origin": ORIGIN, **line.hidden}
    if line.kind == "comparison":
        hidden["systems"] = _systems(number, line.hidden.get("systems"))
    return Item(kind=line.kind, payload={**line.payload, **sounds}, hidden=hidden)


def _saved(path: Path, folder: Path) -> str:
    sound, rate = read_clip(path)
    if sound.size > MAX_SECONDS * rate:
        raise FeedbackError(f"{path.name} is longer than {MAX_SECONDS} seconds.")
    return save_clip(folder, sound, rate)


def _systems(number: int, systems: object) -> dict[str, str]:
    """The report counts by these names."""
    if isinstance(systems, list) and len(systems) == 2:
        return {"first": str(systems[0]), "second": str(systems[1])}
    raise FeedbackError(f"Line {number}: comparison needs `systems` in `hidden`: the names of both, in order.")
