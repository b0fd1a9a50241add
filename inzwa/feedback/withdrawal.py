"""Deleting all that a contributor gave, and counting it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select, true, update
from sqlalchemy.orm import Session

from inzwa.errors import ConsentNeeded
from inzwa.feedback.derived_items import delete_items
from inzwa.feedback.store.schema import (
    ConsentRow,
    ContributorRow,
    ItemRow,
    RatingRow,
    RecordingRow,
    SubmissionRow,
    Table,
    TaskRow,
    TurnRow,
    now,
)
from inzwa.feedback.submissions import changed

GIVEN: Final[dict[str, type[Table]]] = {
    "ratings": RatingRow,
    "turns": TurnRow,
    "judgements": TaskRow,
    "recordings": RecordingRow,
    "consents": ConsentRow,
}
"""What contributors are told the count of, and its table."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What withdrawing deleted."""

    counts: dict[str, int]
    """As `gathered`."""
    sounds: frozenset[str]
    """sha256 of the sound files that no row names any more: delete them once this change is on disk."""
    published: bool
    """Whether a published dataset held something of theirs, which is deleted there next."""


def gathered(session: Session, contributor: str) -> dict[str, int]:
    """How many ratings, turns, judgements (answered tasks), recordings and consents of the contributor are held."""

    def count(table: type[Table]) -> int:
        theirs = table.__table__.c.contributor == contributor
        given = TaskRow.answered_at.is_not(None) if table is TaskRow else true()
        return session.scalar(select(func.count()).select_from(table).where(theirs, given)) or 0

    return {name: count(table) for name, table in GIVEN.items()}


def withdraw(session: Session, contributor: str) -> Withdrawal:
    """Delete everything of the contributor's; only a row that says so is left, for what was published.

    Answers of others about the contributor's words or voice are deleted with them. Doing it twice deletes nothing more.
    ConsentNeeded for a code with which nobody has consented.
    """
    row = session.get(ContributorRow, contributor)
    if row is None:
        raise ConsentNeeded("Nobody has consented with this code, so nothing is kept under it.")
    counts, sounds = gathered(session, contributor), _sounds(session, contributor)
    published = row.pushed_changes > 0
    if row.withdrawn_at is None:
        _delete(session, contributor)
        session.execute(update(ContributorRow).where(ContributorRow.id == contributor).values(withdrawn_at=now()))
        changed(session, contributor)
    kept = set(session.scalars(select(RecordingRow.sha256).where(RecordingRow.sha256.in_(sounds))))
    return Withdrawal(counts, frozenset(sounds - kept), published)


def _sounds(session: Session, contributor: str) -> set[str]:
    return set(session.scalars(select(RecordingRow.sha256).where(RecordingRow.contributor == contributor)))


def _delete(session: Session, contributor: str) -> None:
    """In the order in which rows name each other."""
    mine = session.scalars(select(ItemRow.id).where(ItemRow.contributor == contributor))
    delete_items(session, set(mine))
    for table in (TaskRow, RatingRow, RecordingRow, TurnRow, SubmissionRow, ConsentRow):
        session.execute(delete(table).where(table.__table__.c.contributor == contributor))
