"""Items: what is judged. Each has an id by its content, so that adding it again adds nothing."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inzwa.feedback.derived_items import delete_items
from inzwa.feedback.records import JsonObject
from inzwa.feedback.store.schema import ID_LENGTH, ItemRow

Kind = Literal["naturalness", "comparison", "transcript", "reply", "reading", "review"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is judged.

    What `payload` holds, by kind: naturalness `text`, `sound`; comparison `text`, `first`, `second`; transcript `text`,
    `sound`; reply `question`, `reply`; reading `text`; review `text`, `beside`, `about`. Sounds are the sha256 of FLAC
    files; an evaluator never sees them, nor the text that a voice was given.
    """

    kind: Kind
    payload: JsonObject
    hidden: JsonObject = field(default_factory=dict)
    """What the evaluator is not shown: `system` or `systems`, `check`, `source`."""
    contributor: str | None = None
    """Whose words or voice it holds."""

    @property
    def id(self) -> str:
        """The beginning of the sha256 over kind, payload and hidden."""
        content = json.dumps([self.kind, self.payload, self.hidden], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:ID_LENGTH]


def add_items(session: Session, items: Iterable[Item]) -> int:
    """Add those that are not there yet, and let those that were laid aside be drawn again; how many are new."""
    wanted = {item.id: item for item in items}
    known = {row.id: row for row in session.scalars(select(ItemRow).where(ItemRow.id.in_(wanted)))}
    for row in known.values():
        row.active = True
    for name, item in wanted.items():
        if name not in known:
            session.add(
                ItemRow(id=name, kind=item.kind, payload=item.payload, hidden=item.hidden, contributor=item.contributor)
            )
    session.flush()
    return len(wanted) - len(known)


def replace_items(session: Session, kind: Kind, origin: str, items: Iterable[Item]) -> int:
    """Add these, all of one origin (`hidden["origin"]`), and lay aside the origin's others; how many are new.

    An item that was laid aside is not drawn any more, and its answers stay; one made of a contributor's words or voice
    is deleted with its answers.
    """
    wanted = list(items)
    keep = {item.id for item in wanted}
    rows = session.scalars(select(ItemRow).where(ItemRow.kind == kind, ItemRow.active))
    old = [row for row in rows if row.hidden.get("origin") == origin and row.id not in keep]
    delete_items(session, {row.id for row in old if row.contributor is not None})
    session.execute(update(ItemRow).where(ItemRow.id.in_({row.id for row in old})).values(active=False))
    return add_items(session, wanted)


def known_sources(session: Session) -> set[str]:
    """The `source` of every item that was made by a model: what need not be made again."""
    return {str(hidden["source"]) for hidden in session.scalars(select(ItemRow.hidden)) if "source" in hidden}
