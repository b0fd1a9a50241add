"""Test data from evaluators: recordings whose text a person has read aloud or corrected."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from inzwa.errors import BadCorpus
from inzwa.evaluation.corpus import Recording, read_lines
from inzwa.feedback.recordings import sound_path
from inzwa.feedback.store.store import open_store
from inzwa.feedback.verified import verified_recordings
from inzwa.settings import Settings

TABLES: Final = ("recordings.jsonl", "metadata.jsonl")
"""Files with a row for each recording: of `feedback export`, and of what is published."""
NONE: Final = "holds no recording in {language} whose text a person has read or corrected."


def stored_recordings(settings: Settings, limit: int | None = None) -> list[Recording]:
    """The first `limit` of the store's, in INZWA_LANGUAGE. BadCorpus where there is none."""
    with open_store(settings) as store:
        found = store.read_now(partial(verified_recordings, language=settings.language))
        here = [Recording(sound_path(store.folder, each.sha256), each.text, each.id) for each in found]
    there = [recording for recording in here if recording.path.exists()][:limit]
    if not there:
        raise BadCorpus(f"The store {NONE.format(language=settings.language)}")
    return there


def exported_recordings(folder: Path, language: str, limit: int | None = None) -> list[Recording]:
    """The first `limit` of a folder that `feedback export` has written as jsonl or audiofolder, or of a copy of the
    published dataset. BadCorpus where there is none, and for a line that cannot be read."""
    tables = sorted(path for name in TABLES for path in folder.rglob(name))
    found = [recording for path in tables for recording in _rows(path, language)][:limit]
    if not found:
        raise BadCorpus(f"{folder} {NONE.format(language=language)}")
    return found


def _rows(path: Path, language: str) -> Iterator[Recording]:
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name, text = str(row["file_name"]), str(row["text"])
            wanted = row["verified"] is True and row["language"] == language
        except (ValueError, KeyError, TypeError):
            raise BadCorpus(
                f"{path}, line {number}: `file_name`, `text`, `verified` and `language` are needed."
            ) from None
        if wanted and text.strip():
            yield Recording(path.parent / name, text, name)
