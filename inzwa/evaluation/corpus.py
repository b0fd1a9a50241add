"""Test data: recordings with their texts from a manifest, sentences from a file.

A manifest is TSV or JSONL. TSV: two columns, the sound file and its text; a first line that names its columns
(`audio`, `path` or `file_name`, and `text`, `sentence` or `transcription`) may hold more of them in any order. JSONL:
one object a line with the same names, or NeMo's `audio_filepath`. Paths are relative to the manifest.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inzwa.errors import BadCorpus

AUDIO: Final = ("audio", "path", "file_name", "audio_filepath")
TEXT: Final = ("text", "sentence", "transcription", "raw_transcription")


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound file and its text."""

    path: Path
    said: str
    """The reference."""
    name: str
    """The path as the manifest writes it."""


def read_manifest(path: Path, limit: int | None = None) -> list[Recording]:
    """The first `limit` recordings; whether their sounds are there is not checked. BadCorpus names a wrong line."""
    lines = list(enumerate(read_lines(path), 1))
    pairs = _from_json(path, lines) if path.suffix in (".jsonl", ".json") else _from_table(path, lines)
    found = [Recording(path.parent / name, said, name) for name, said in pairs][:limit]
    if not found:
        raise BadCorpus(f"{path} names no recording.")
    return found


def read_sentences(path: Path, limit: int | None = None) -> list[str]:
    """A file's lines that are not empty, the first `limit` of them."""
    found = [line.strip() for line in read_lines(path) if line.strip()][:limit]
    if not found:
        raise BadCorpus(f"{path} holds no sentence.")
    return found


def read_lines(path: Path) -> list[str]:
    """BadCorpus where the file is no UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCorpus(f"{path} cannot be read as text: {error}") from None


def _from_table(path: Path, lines: Sequence[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    titles = lines[0][1].split("\t") if lines else []
    named = _columns(titles)
    audio, text = named or (0, 1)
    for number, line in lines[bool(named) :]:
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) <= max(audio, text) or not cells[audio].strip():
            raise BadCorpus(f"{path}, line {number}: a sound file and its text are needed, a tab between them.")
        yield cells[audio].strip(), cells[text].strip()


def _columns(titles: Sequence[str]) -> tuple[int, int] | None:
    """Where the sound file and its text stand, if this line names columns."""
    audio, text = (next((titles.index(name) for name in names if name in titles), None) for names in (AUDIO, TEXT))
    return None if audio is None or text is None else (audio, text)


def _from_json(path: Path, lines: Sequence[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            entry: object = json.loads(line)
        except ValueError:
            entry = None
        audio, text = (_value(entry, names) for names in (AUDIO, TEXT))
        if not audio or text is None:
            raise BadCorpus(f"{path}, line {number}: an object with `audio` and `text` is needed.")
        yield audio, text


def _value(entry: object, names: Sequence[str]) -> str | None:
    values = [entry.get(name) for name in names] if isinstance(entry, dict) else []
    return next((value for value in values if isinstance(value, str)), None)
