"""Published rows back into the database. A row that is there already stays, unless a rating was older."""

import json
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.consents import current_consent
from inzwa.feedback.export.rows import ANSWERS, LATENCIES, STAGES
from inzwa.feedback.export.tables import AnyRow, Consent, Item, Judgement, Rating, Recording, Withdrawal
from inzwa.feedback.store.schema import ConsentRow, ContributorRow, ItemRow, RatingRow, RecordingRow, TaskRow, TurnRow
from inzwa.feedback.withdrawal import withdraw

UNFINISHED: Final = 0
"""`pushed_changes` of a contributor who is not restored yet, or was never pushed from here."""


def needed(session: Session, contributors: Iterable[str]) -> set[str]:
    """Of these contributors of the dataset those whose rows are to be read from it.

    Whoever was pushed from here, or has withdrawn here, is newer here.
    """
    here = select(ContributorRow.id).where(
        ContributorRow.withdrawn_at.is_not(None) | (ContributorRow.pushed_changes != UNFINISHED)
    )
    return set(contributors) - set(session.scalars(here))


def insert_contributors(session: Session, rows: Iterable[AnyRow]) -> None:
    """From consents and withdrawals. What is kept of somebody who has withdrawn elsewhere is deleted here too."""
    for row in rows:
        match row:
            case Consent():
                _insert_consent(session, row)
            case Withdrawal():
                _insert_withdrawal(session, row)


def insert_items(session: Session, rows: Iterable[AnyRow]) -> None:
    """After the contributors whose items they are."""
    owners = set(session.scalars(select(ContributorRow.id).where(ContributorRow.withdrawn_at.is_(None))))
    for row in rows:
        if (
            isinstance(row, Item)
            and session.get(ItemRow, row.id) is None
            and (row.contributor or None) in {None, *owners}
        ):
            session.add(
                ItemRow(
                    id=row.id,
                    kind=row.kind,
                    payload=json.loads(row.payload),
                    hidden=json.loads(row.hidden),
                    contributor=row.contributor or None,
                    active=row.active,
                    created_at=row.created_at,
                )
            )
    session.flush()


def insert_given(session: Session, contributor: str, rows: Iterable[AnyRow]) -> None:
    """Ratings, then recordings and judgements, of one contributor, who then is as in the dataset, or newer."""
    owner = session.get(ContributorRow, contributor)
    if owner is None or contributor not in needed(session, [contributor]):
        return
    kept = list(rows)
    for rating in kept:
        if isinstance(rating, Rating):
            _insert_rating(session, rating)
    session.flush()
    for row in kept:
        match row:
            case Recording():
                _insert_recording(session, row)
            case Judgement():
                _insert_judgement(session, row)
    owner.changes, owner.pushed_changes = owner.changes + 1, 1
    session.flush()


def _insert_consent(session: Session, row: Consent) -> None:
    if session.get(ContributorRow, row.contributor) is None:
        session.add(ContributorRow(id=row.contributor, created_at=row.created_at))
        session.flush()
    if current_consent(session, row.contributor) is None:
        names = ("contributor", "given_at", "version", "language", "licence", "text", "voice", "adult")
        profile = ("age_band", "gender", "variety", "first_language")
        session.add(ConsentRow(**{name: getattr(row, name) for name in (*names, *profile)}))
        session.flush()


def _insert_withdrawal(session: Session, row: Withdrawal) -> None:
    if session.get(ContributorRow, row.contributor) is None:
        session.add(ContributorRow(id=row.contributor, created_at=row.withdrawn_at))
        session.flush()
    withdraw(session, row.contributor)
    found = session.get_one(ContributorRow, row.contributor, populate_existing=True)
    found.withdrawn_at, found.pushed_changes = row.withdrawn_at, found.changes
    session.flush()


def _insert_rating(session: Session, row: Rating) -> None:
    turn = session.get(TurnRow, row.id)
    rating = session.get(RatingRow, row.id)
    if turn is None:
        session.add(_turn(row))
        session.flush()
    if row.rated and (rating is None or rating.updated_at < row.updated_at):
        given = rating or RatingRow(turn_id=row.id, contributor=row.contributor, created_at=row.created_at)
        given.updated_at, given.verdict, given.reasons = row.updated_at, row.verdict, list(row.reasons)
        given.transcript, given.better_reply, given.comment = row.corrected_transcript, row.better_reply, row.comment
        session.add(given)


def _turn(row: Rating) -> TurnRow:
    models = {
        stage: {key: getattr(row, f"{stage}_{key}") for key in ("model", "sha256")}
        for stage in STAGES
        if getattr(row, f"{stage}_model")
    }
    same = ("id", "contributor", "conversation", "started_at", "app_version", "transcript", "reply", "outcome")
    return TurnRow(
        **_copied(row, same),
        number=row.turn,
        models=models,
        settings=json.loads(row.settings),
        latency=_copied(row, LATENCIES),
    )


def _insert_recording(session: Session, row: Recording) -> None:
    same = RecordingRow.contributor == row.contributor, RecordingRow.sha256 == row.sha256
    if session.scalars(select(RecordingRow.id).where(*same)).first() is not None:
        return
    names = (
        "id",
        "contributor",
        "sha256",
        "kind",
        "text",
        "verified",
        "language",
        "duration_ms",
        "size_bytes",
        "created_at",
    )
    turn = row.turn if session.get(TurnRow, row.turn) else None
    item = row.item if session.get(ItemRow, row.item) else None
    session.add(RecordingRow(**_copied(row, names), turn_id=turn, item_id=item))


def _insert_judgement(session: Session, row: Judgement) -> None:
    if session.get(TaskRow, row.id) is not None or session.get(ItemRow, row.item) is None:
        return
    answer = {name: value for name, value in _copied(row, ANSWERS).items() if value is not None}
    shown = {side: place for side, place in (("a", row.a), ("b", row.b)) if place}
    same = ("id", "contributor", "repeat", "skipped", "drawn_at", "answered_at", "passed")
    session.add(TaskRow(**_copied(row, same), item_id=row.item, shown=shown, answer=answer))


def _copied(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
