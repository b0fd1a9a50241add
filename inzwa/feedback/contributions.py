"""Recordings that contributors give: of a turn of theirs, or of a sentence read aloud; listed, and removable."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inzwa.errors import UnknownTask, UnknownTurn
from inzwa.feedback.consents import require
from inzwa.feedback.derived_items import delete_items_about
from inzwa.feedback.ratings import check_text, keep_turn
from inzwa.feedback.recordings import require_sound
from inzwa.feedback.records import TurnRecord
from inzwa.feedback.store.schema import ID_LENGTH, ConsentRow, ItemRow, RatingRow, RecordingRow, TaskRow, TurnRow
from inzwa.feedback.submissions import changed, first_time

RecordingKind = Literal["turn", "reading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSound:
    """A file that `recordings.save_sound` has put on disk."""

    sha256: str
    size_bytes: int
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One recording, as it was sent."""

    kind: RecordingKind
    sound: SavedSound
    text: str = ""
    """What is said in it, by the contributor's own account; empty where it is the transcript or the sentence."""
    turn: TurnRecord | None = None
    """The turn that was spoken: of kind `turn`."""
    task: str = ""
    """The task whose sentence was read aloud: of kind `reading`."""
    language: str = "sn"


@dataclass(frozen=True, slots=True)
class _About:
    """What a recording is of: the columns of its row that say so."""

    text: str
    verified: bool
    turn_id: str | None = None
    item_id: str | None = None


def contribute(session: Session, folder: Path, contributor: str, contribution: Contribution, key: str) -> str:
    """Keep a recording whose file is in the data folder already; its id. The same sound again is the same recording.

    ConsentNeeded, Withdrawn, TextTooLong, BadMessage; UnknownTurn and UnknownTask where what it is of is missing;
    FeedbackUnavailable where the file was deleted in the meantime.
    """
    consent = require(session, contributor, voice=True)
    check_text("text", contribution.text)
    name = hashlib.sha256(f"{contributor} {contribution.sound.sha256}".encode()).hexdigest()[:ID_LENGTH]
    if first_time(session, contributor, key, _content(contribution)) and session.get(RecordingRow, name) is None:
        require_sound(folder, contribution.sound.sha256)
        about = _of_turn(session, consent, contribution) if contribution.kind == "turn" else _of_task(
            session, contributor, contribution
        )  # fmt: skip
        row = {"kind": contribution.kind, "language": contribution.language}
        session.add(
            RecordingRow(id=name, contributor=contributor, **asdict(about), **row, **asdict(contribution.sound))
        )
        session.flush()
        changed(session, contributor)
    return name


def list_recordings(session: Session, contributor: str) -> list[dict[str, Any]]:
    """`recording`, `kind`, `text`, `duration_ms` and `created_at` (ISO 8601) of each, the newest first."""
    row = RecordingRow
    found = session.scalars(select(row).where(row.contributor == contributor).order_by(row.created_at.desc(), row.id))
    return [
        {
            "recording": each.id,
            "kind": each.kind,
            "text": each.text,
            "duration_ms": each.duration_ms,
            "created_at": each.created_at.isoformat(timespec="seconds"),
        }
        for each in found
    ]


def remove_recording(session: Session, contributor: str, recording: str) -> frozenset[str]:
    """Delete one recording of the contributor's and what is judged of it; the sha256 of the file that may go with it.

    One that is not there, or not theirs, is no error: it may have been removed before.
    """
    row = session.get(RecordingRow, recording)
    if row is None or row.contributor != contributor:
        return frozenset()
    sha256, turn = row.sha256, row.turn_id
    delete_items_about(session, contributor, recording)
    session.execute(delete(RecordingRow).where(RecordingRow.id == recording))
    if turn is not None:
        _delete_unrated(session, turn)
    changed(session, contributor)
    return frozenset({sha256})


def _of_turn(session: Session, consent: ConsentRow, contribution: Contribution) -> _About:
    """The turn itself is kept only by consent to texts. A text is a person's where it differs from what was heard."""
    turn = contribution.turn
    if turn is None:
        raise UnknownTurn("A recording of kind `turn` names the turn: `conversation` and `turn`.")
    text, heard = contribution.text.strip(), turn.transcript.replace("\x00", "").strip()
    kept = keep_turn(session, consent.contributor, turn) if consent.text else None
    return _About(
        text=text or heard,
        verified=text not in ("", heard),
        turn_id=None if kept is None else kept.id,
    )


def _of_task(session: Session, contributor: str, contribution: Contribution) -> _About:
    task = session.get(TaskRow, contribution.task)
    item = session.get(ItemRow, task.item_id) if task is not None and task.contributor == contributor else None
    if item is None or item.kind != "reading":
        raise UnknownTask("A recording of kind `reading` names a task of yours in which a sentence is read aloud.")
    return _About(text=str(item.payload.get("text", "")), verified=True, item_id=item.id)


def _delete_unrated(session: Session, turn: str) -> None:
    """A turn is kept only while something refers to it."""
    referring = session.get(RatingRow, turn) or session.scalars(
        select(RecordingRow.id).where(RecordingRow.turn_id == turn).limit(1)
    ).first()  # fmt: skip
    if referring is None:
        session.execute(delete(TurnRow).where(TurnRow.id == turn))


def _content(contribution: Contribution) -> bytes:
    turn = contribution.turn and (contribution.turn.conversation, contribution.turn.number)
    what = [contribution.kind, contribution.sound.sha256, contribution.text, turn, contribution.task]
    return json.dumps(what).encode()
