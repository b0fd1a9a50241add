"""Recordings on disk: FLAC files in the data folder, each named by the sha256 over its bytes.

A file is there before the row that names it, and goes after the last such row. Whatever an interruption leaves in
between is a file without a row, which `tidy` removes.
"""

import hashlib
import io
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inzwa.audio.pcm import INPUT_RATE
from inzwa.errors import BadAudio, FeedbackUnavailable, QuotaReached
from inzwa.feedback.derived_items import delete_items_about
from inzwa.feedback.store.database import database_errors
from inzwa.feedback.store.folder import make_folder, write_whole
from inzwa.feedback.store.schema import ItemRow, RecordingRow, now
from inzwa.feedback.store.store import Store
from inzwa.feedback.submissions import changed

FOLDER: Final = "recordings"
"""The folder of the files in the data folder."""
SUFFIX: Final = ".flac"
MEGABYTE: Final = 1_000_000
LEAST_AGE_S: Final = 3_600.0
"""Seconds for which a file without a row is left alone: its row may be on the way."""

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Tidied:
    """What `tidy` did, and found."""

    expired: int
    """Recordings that were older than the retention."""
    files: int
    """Files deleted because no row names them."""
    missing: tuple[str, ...]
    """sha256 of recordings whose file is gone, in order."""


def save_sound(folder: Path, pcm16: bytes, *, quota_mb: int) -> tuple[str, int]:
    """Store sound, 16 kHz mono little-endian PCM16, as FLAC. Its sha256 and its size in bytes, once it is on disk.

    The same sound is one file. QuotaReached where it would take more than `quota_mb` megabytes with all others,
    BadAudio for an odd byte count, FeedbackUnavailable where the disk is full or cannot be written.
    """
    data = _flac(pcm16)
    sha256 = hashlib.sha256(data).hexdigest()
    path = sound_path(folder, sha256)
    with database_errors():
        if not path.exists():
            make_folder(path.parent)
            if used_bytes(folder) + len(data) > quota_mb * MEGABYTE:
                raise QuotaReached("There is no room for another recording: INZWA_FEEDBACK_QUOTA_MB is reached.")
            write_whole(path, data)
        os.utime(path)  # it counts as new, so that `tidy` waits for its row
    return sha256, len(data)


def sound_path(folder: Path, sha256: str) -> Path:
    """Where the FLAC file of this sha256 is. ValueError for what is no sha256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("That is no sha256.")
    return folder / FOLDER / f"{sha256}{SUFFIX}"


def require_sound(folder: Path, sha256: str) -> None:
    """In the change that adds a row for it: FeedbackUnavailable where the file was deleted since it was saved."""
    if not sound_path(folder, sha256).exists():
        raise FeedbackUnavailable("The recording was deleted at this moment; send it again.")


def used_bytes(folder: Path) -> int:
    """Bytes that recordings take."""
    return sum(path.stat().st_size for path in _files(folder))


def delete_unused(session: Session, folder: Path, sha256s: Iterable[str]) -> int:
    """Delete the files of these sha256 that no row names any more; how many. In a change after the rows are gone.

    As a change it runs while nobody adds a row.
    """
    unused = set(sha256s) - _named(session)
    with database_errors():
        for sha256 in unused:
            sound_path(folder, sha256).unlink(missing_ok=True)
    return len(unused)


def expire(session: Session, days: int, *, at: datetime | None = None) -> list[str]:
    """Delete the rows of recordings older than `days` at that time (now), and the items about them; each one's sha256.

    Their contributors count as changed, so that what is published follows. The files are `delete_unused`'s.
    """
    oldest = (at or now()) - timedelta(days=days)
    found = session.scalars(select(RecordingRow).where(RecordingRow.created_at < oldest)).all()
    for row in found:
        delete_items_about(session, row.contributor, row.id)
        session.execute(delete(RecordingRow).where(RecordingRow.id == row.id))
        changed(session, row.contributor)
    return [row.sha256 for row in found]


def missing_sounds(session: Session, folder: Path) -> tuple[str, ...]:
    """The sha256 of recordings whose file is not there, in order."""
    rows = session.scalars(select(RecordingRow.sha256).distinct())
    return tuple(sorted(sha256 for sha256 in rows if not sound_path(folder, sha256).exists()))


async def tidy(store: Store, days: int) -> Tidied:
    """Delete recordings older than `days`, and files that no row names; at the start of a server, and daily.

    FeedbackUnavailable where the database or the disk does not answer; then it is to be called again.
    """
    expired = await store.write(partial(expire, days=days))
    deleted = await store.write(partial(delete_unused, folder=store.folder, sha256s=expired))
    deleted += await store.write(partial(_delete_orphans, folder=store.folder))
    return Tidied(len(expired), deleted, await store.read(partial(missing_sounds, folder=store.folder)))


def _delete_orphans(session: Session, folder: Path) -> int:
    """Files without a row, and what was never written to its end; not the newest, whose rows may be on the way."""
    named, before = _named(session), time.time() - LEAST_AGE_S
    with database_errors():
        orphans = [path for path in _files(folder) if path.stem not in named and path.stat().st_mtime < before]
        for path in orphans:
            path.unlink(missing_ok=True)
    return len(orphans)


def _named(session: Session) -> set[str]:
    """Every sha256 that a recording or an item names."""
    items = session.execute(select(ItemRow.payload, ItemRow.hidden)).all()
    named = {sha256 for row in items for sha256 in _SHA256.findall(json.dumps([row.payload, row.hidden]))}
    return named | set(session.scalars(select(RecordingRow.sha256)))


def _files(folder: Path) -> Iterator[Path]:
    inside = folder / FOLDER
    return (path for path in inside.iterdir() if path.is_file()) if inside.is_dir() else iter(())


def _flac(pcm16: bytes) -> bytes:
    if len(pcm16) % 2:
        raise BadAudio(f"PCM16 comes in pairs of bytes; this sound has {len(pcm16)}.")
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(pcm16, dtype="<i2"), INPUT_RATE, format="FLAC", subtype="PCM_16")
    return file.getvalue()
