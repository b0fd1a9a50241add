"""Items made of what a contributor gave: they go when that goes, with the answers of others about them."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from inzwa.feedback.store.schema import ItemRow, RecordingRow, TaskRow
from inzwa.feedback.submissions import changed


def delete_items_about(session: Session, contributor: str, source: str) -> None:
    """Delete the contributor's items that were made of this turn or recording, by its id."""
    mine = session.execute(select(ItemRow.id, ItemRow.hidden).where(ItemRow.contributor == contributor))
    delete_items(session, {row.id for row in mine if source in (row.hidden.get("turn"), row.hidden.get("recording"))})


def delete_items(session: Session, items: Collection[str]) -> None:
    """Delete items, and every task about them; those whose answers go with them count as changed."""
    about = TaskRow.item_id.in_(items)
    for contributor in session.scalars(select(TaskRow.contributor).where(about).distinct()).all():
        changed(session, contributor)
    session.execute(delete(TaskRow).where(about))
    session.execute(update(RecordingRow).where(RecordingRow.item_id.in_(items)).values(item_id=None))
    session.execute(delete(ItemRow).where(ItemRow.id.in_(items)))
