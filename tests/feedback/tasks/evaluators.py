"""People who are given tasks, with a clock of their own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.store.schema import ContributorRow, ItemRow, TaskRow
from inzwa.feedback.tasks.answers import skip, submit
from inzwa.feedback.tasks.draw import TaskView, next_task
from inzwa.feedback.tasks.items import KINDS, Item, Kind

ANSWERS: dict[Kind, dict[str, Any]] = {
    "naturalness": {"naturalness": 4, "intelligibility": 5},
    "comparison": {"choice": "tie"},
    "transcript": {"text": "mhoroi"},
    "reply": {"answers": True, "shona": 3, "safe": True, "better": ""},
    "reading": {"recording": "r"},
    "review": {"right": True, "better": ""},
}
"""One that is right in form for each kind."""


@dataclass
class Evaluator:
    """Somebody who consented."""

    session: Session
    id: str = "a" * 32
    random: Random = field(default_factory=lambda: Random(1))
    now: datetime = datetime(2026, 11, 26, 12, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.session.add(ContributorRow(id=self.id))
        self.session.flush()

    def draws(self, *kinds: Kind) -> TaskView:
        self.now += timedelta(seconds=20)
        return next_task(self.session, self.id, kinds or KINDS, now=self.now, random=self.random)

    def answers(self, task: TaskView, **answer: Any) -> None:
        self.now += timedelta(seconds=20)
        submit(self.session, self.id, task.id, answer or ANSWERS[task.kind], now=self.now)

    def skips(self, task: TaskView) -> None:
        skip(self.session, self.id, task.id)

    def does(self, times: int, *kinds: Kind) -> list[TaskView]:
        """Draws and answers so many tasks."""
        done = []
        for _ in range(times):
            done.append(self.draws(*kinds))
            self.answers(done[-1])
        return done

    def items(self) -> list[ItemRow]:
        """What they were given, the first first."""
        found = select(ItemRow).join(TaskRow, TaskRow.item_id == ItemRow.id).where(TaskRow.contributor == self.id)
        return list(self.session.scalars(found.order_by(TaskRow.drawn_at)))

    def tasks(self) -> list[TaskRow]:
        found = select(TaskRow).where(TaskRow.contributor == self.id).order_by(TaskRow.drawn_at)
        return list(self.session.scalars(found))


def reviews(count: int, contributor: str | None = None) -> list[Item]:
    return [Item(kind="review", payload={"text": f"shoko {at}"}, contributor=contributor) for at in range(count)]


def voices(count: int, checks: int = 0) -> list[Item]:
    """Clips to judge, and checks that only the lowest marks pass."""
    bad = {"naturalness": [1, 2], "intelligibility": [1, 2]}
    plain = [
        Item(kind="naturalness", payload={"text": "t", "sound": f"{at:064x}"}, hidden={"system": "Secret voice"})
        for at in range(count)
    ]
    return plain + [
        Item(kind="naturalness", payload={"sound": f"c{at:063x}"}, hidden={"system": "Secret voice", "check": bad})
        for at in range(checks)
    ]


def pairs(count: int) -> list[Item]:
    return [
        Item(
            kind="comparison",
            payload={"text": "t", "first": f"{at:064x}", "second": f"f{at:063x}"},
            hidden={"systems": {"first": "Secret one", "second": "Secret two"}},
        )
        for at in range(count)
    ]
