"""Which item somebody gets next: evenly (fewest answers first), blind, nothing of their own, twice only repeats."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from inzwa.errors import NoMoreTasks
from inzwa.feedback.records import JsonObject
from inzwa.feedback.store.schema import ID_LENGTH, ItemRow, TaskRow
from inzwa.feedback.tasks.checks import check_due
from inzwa.feedback.tasks.items import KINDS, Kind

REPEAT_CHANCE: Final = 0.1
"""Of a repeat at each draw, once there is something to repeat."""
REPEATED: Final = ("naturalness", "comparison", "reply", "review")
"""The kinds that are judgements: to correct or to read something twice tells nothing."""
APART: Final = 3
"""Tasks between an item and its repeat at least."""
HELD: Final = timedelta(hours=1)
"""For so long a task that is not answered yet counts as an answer, so that others are given other items."""
SKIPPED_FOR: Final = timedelta(days=1)
"""For so long somebody is not offered again what they skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far somebody is with one kind, or with all."""

    done: int
    """Tasks that they answered."""
    total: int
    """Those, and the items that they may still get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task as its evaluator sees it: nothing tells which system made what, nor whether it is a check or a repeat."""

    id: str
    kind: Kind
    payload: JsonObject
    """Texts; `sounds` names the sounds by their place: `a`, `b`."""
    progress: Progress
    answer: JsonObject
    """What was answered before; empty but after an undo."""


def next_task(
    session: Session, contributor: str, kinds: Sequence[Kind] = KINDS, *, now: datetime, random: Random
) -> TaskView:
    """The task that is open, or a new one of one of these kinds. NoMoreTasks when there is none."""
    drawing = _Drawing(session, contributor, now, random)
    task = drawing.open_task(kinds)
    if task is None:
        task = drawing.new_task(kinds)
        session.add(task)
        session.flush()
    item = session.get_one(ItemRow, task.item_id)
    return view(task, item, progress(session, contributor, kinds))


def view(task: TaskRow, item: ItemRow, progress: Progress) -> TaskView:
    """What the evaluator is shown of a task."""
    texts = {name: text for name, text in item.payload.items() if name in _SHOWN[item.kind]}
    sounds = sorted(task.shown)
    payload = texts | ({"sounds": sounds} if sounds else {})
    kind = next(kind for kind in KINDS if kind == item.kind)
    return TaskView(id=task.id, kind=kind, payload=payload, progress=progress, answer=task.answer)


def progress(session: Session, contributor: str, kinds: Sequence[Kind] = KINDS) -> Progress:
    """How many tasks of these kinds were answered, and how many items are left."""
    done = session.scalar(
        select(func.count(TaskRow.id))
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .where(TaskRow.contributor == contributor, TaskRow.answered_at.is_not(None), ItemRow.kind.in_(kinds))
    )
    answered = select(TaskRow.item_id).where(TaskRow.contributor == contributor, TaskRow.answered_at.is_not(None))
    left = select(ItemRow.hidden).where(_theirs_to_judge(contributor, kinds), ItemRow.id.not_in(answered))
    return Progress(done=done or 0, total=(done or 0) + sum("check" not in hidden for hidden in session.scalars(left)))


_SHOWN: Final = {
    "naturalness": (),
    "comparison": (),
    "transcript": ("text",),
    "reply": ("question", "reply"),
    "reading": ("text",),
    "review": ("text", "beside", "about"),
}
"""Texts of an item that are shown. What a voice was given is not: who has read it understands it."""

SOUNDS: Final = {"naturalness": ("sound",), "transcript": ("sound",), "comparison": ("first", "second")}
"""Sounds of an item, which a task shows as `a` and `b`, in an order at random."""


def _theirs_to_judge(contributor: str, kinds: Sequence[Kind]) -> ColumnElement[bool]:
    """Items of these kinds that are not of the contributor's own words or voice."""
    others = or_(ItemRow.contributor.is_(None), ItemRow.contributor != contributor)
    return and_(ItemRow.kind.in_(kinds), ItemRow.active, others)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An item that may be drawn."""

    item: ItemRow
    answers: int
    """By anybody, with the tasks that somebody has before them just now."""

    @property
    def check(self) -> bool:
        return "check" in self.item.hidden


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One draw for one contributor."""

    session: Session
    contributor: str
    now: datetime
    random: Random

    def open_task(self, kinds: Sequence[Kind]) -> TaskRow | None:
        """The newest task that they have neither answered nor skipped."""
        return self.session.scalars(
            select(TaskRow)
            .join(ItemRow, ItemRow.id == TaskRow.item_id)
            .where(TaskRow.contributor == self.contributor, TaskRow.answered_at.is_(None), ~TaskRow.skipped)
            .where(_theirs_to_judge(self.contributor, kinds))
            .order_by(TaskRow.drawn_at.desc())
            .limit(1)
        ).first()

    def new_task(self, kinds: Sequence[Kind]) -> TaskRow:
        """A task that is not stored yet."""
        past = self._past()
        fresh = self._fresh(kinds, past)
        left = sorted({each.item.kind for each in fresh if not each.check})
        if not left:
            raise NoMoreTasks("There is no task of this kind left for you.")
        kind = self.random.choice(left)
        if again := self._repeat(kind, past):
            return self._task(again, repeat=True)
        same = [each for each in fresh if each.item.kind == kind]
        checks = [each.item for each in same if each.check]
        if checks and check_due(_since_check(kind, past), self.random.random()):
            return self._task(self.random.choice(checks), repeat=False)
        fewest = min(each.answers for each in same if not each.check)
        return self._task(
            self.random.choice([each.item for each in same if not each.check and each.answers == fewest]), repeat=False
        )

    def _past(self) -> list[tuple[TaskRow, ItemRow]]:
        """What they were given before, the oldest first."""
        found = self.session.execute(
            select(TaskRow, ItemRow)
            .join(ItemRow, ItemRow.id == TaskRow.item_id)
            .where(TaskRow.contributor == self.contributor)
            .order_by(TaskRow.drawn_at, TaskRow.id)
        )
        return [(task, item) for task, item in found]

    def _fresh(self, kinds: Sequence[Kind], past: list[tuple[TaskRow, ItemRow]]) -> list[_Candidate]:
        """What they have not had, and what they skipped long enough ago."""
        had = {item.id for task, item in past if not task.skipped or task.drawn_at > self.now - SKIPPED_FOR}
        answers = or_(TaskRow.answered_at.is_not(None), and_(~TaskRow.skipped, TaskRow.drawn_at > self.now - HELD))
        found = self.session.execute(
            select(ItemRow, func.count(TaskRow.id))
            .outerjoin(TaskRow, and_(TaskRow.item_id == ItemRow.id, answers))
            .where(_theirs_to_judge(self.contributor, kinds))
            .group_by(ItemRow.id)
            .order_by(ItemRow.id)
        )
        return [_Candidate(item, count) for item, count in found if item.id not in had]

    def _repeat(self, kind: str, past: list[tuple[TaskRow, ItemRow]]) -> ItemRow | None:
        """Now and then one that they answered once, some tasks ago."""
        if kind not in REPEATED or self.random.random() >= REPEAT_CHANCE:
            return None
        given = Counter(item.id for task, item in past if not task.skipped)
        lately = {item.id for _, item in past[-APART:]}
        again = [
            item
            for task, item in past
            if item.kind == kind and item.active and "check" not in item.hidden and task.answered_at is not None
            if given[item.id] == 1 and item.id not in lately
        ]
        return self.random.choice(again) if again else None

    def _task(self, item: ItemRow, *, repeat: bool) -> TaskRow:
        places = list(SOUNDS.get(item.kind, ()))
        self.random.shuffle(places)
        return TaskRow(
            id=secrets.token_hex(ID_LENGTH // 2),
            contributor=self.contributor,
            item_id=item.id,
            shown=dict(zip("ab", places, strict=False)),
            repeat=repeat,
            drawn_at=self.now,
            answer={},
        )


def _since_check(kind: str, past: list[tuple[TaskRow, ItemRow]]) -> int:
    """Tasks of this kind after the last check, or all where there was none."""
    same = ["check" in item.hidden for _, item in past if item.kind == kind]
    return same[::-1].index(True) if True in same else len(same)
