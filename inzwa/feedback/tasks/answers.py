"""Answers to tasks: checked by kind, given, skipped, given again."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, UnknownTask
from inzwa.feedback.records import JsonObject
from inzwa.feedback.store.schema import ID_LENGTH, ItemRow, RecordingRow, TaskRow
from inzwa.feedback.submissions import changed
from inzwa.feedback.tasks.checks import passed
from inzwa.feedback.tasks.draw import Progress, TaskView, progress, view
from inzwa.feedback.tasks.items import Kind

MAX_TEXT: Final = 2_000
"""Characters of a text in an answer."""

Mark = Annotated[StrictInt, Field(ge=1, le=5)]
"""1 bad, 2 poor, 3 fair, 4 good, 5 excellent: the scale of ITU-T P.800 and P.808."""
Text = Annotated[str, Field(max_length=MAX_TEXT)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Naturalness(_Answer):
    """How natural a voice is, and how easily it is understood."""

    naturalness: Mark
    intelligibility: Mark


class Comparison(_Answer):
    """Which of two is better."""

    choice: Literal["a", "b", "tie"]


class Transcript(_Answer):
    """What is said in a recording; empty where nobody speaks."""

    text: Text


class Reply(_Answer):
    """What a reply is worth."""

    answers: StrictBool
    """Whether it answers the question."""
    shona: Mark
    safe: StrictBool
    better: Text = ""


class Reading(_Answer):
    """The recording of a sentence that was read aloud."""

    recording: Annotated[str, Field(min_length=1, max_length=ID_LENGTH)]


class Review(_Answer):
    """Whether a text of Inzwa's own is right, or how it should be."""

    right: StrictBool
    better: Text = ""


ANSWERS: Final[Mapping[Kind, type[_Answer]]] = MappingProxyType(
    {
        "naturalness": Naturalness,
        "comparison": Comparison,
        "transcript": Transcript,
        "reply": Reply,
        "reading": Reading,
        "review": Review,
    }
)


def submit(session: Session, contributor: str, task_id: str, answer: JsonObject, *, now: datetime) -> Progress:
    """Store the answer to a task of theirs; one given before is replaced.

    UnknownTask for a task that is not theirs, BadMessage for an answer of another form than its kind's.
    """
    task, item = _task(session, contributor, task_id)
    task.answer = checked(item.kind, answer)
    if item.kind == "reading":
        _check_recording(session, contributor, task.answer["recording"])
    task.answered_at, task.skipped, task.passed = now, False, passed(item.hidden, task.answer)
    changed(session, contributor)
    session.flush()
    return progress(session, contributor)


def skip(session: Session, contributor: str, task_id: str) -> Progress:
    """Lay a task of theirs aside. One that was answered stays answered."""
    task, _ = _task(session, contributor, task_id)
    task.skipped = task.answered_at is None
    session.flush()
    return progress(session, contributor)


def undo(session: Session, contributor: str) -> TaskView:
    """The task that they answered or skipped last, with what they answered; it can be answered again.

    The answer stays as it is until then. UnknownTask where there is none.
    """
    last = func.coalesce(TaskRow.answered_at, TaskRow.drawn_at)
    found = session.execute(
        select(TaskRow, ItemRow)
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .where(TaskRow.contributor == contributor, TaskRow.answered_at.is_not(None) | TaskRow.skipped)
        .order_by(last.desc(), TaskRow.id)
        .limit(1)
    ).first()
    if found is None:
        raise UnknownTask("There is no answer of yours to give again.")
    return view(found[0], found[1], progress(session, contributor))


def task_kind(session: Session, task_id: str) -> str:
    """The kind of a task; empty where there is none of that id."""
    kind = select(ItemRow.kind).join(TaskRow, TaskRow.item_id == ItemRow.id).where(TaskRow.id == task_id)
    return session.scalar(kind) or ""


def checked(kind: str, answer: JsonObject) -> JsonObject:
    """An answer of this kind's form. BadMessage says which field is wrong, never what it holds."""
    form = next(form for name, form in ANSWERS.items() if name == kind)
    try:
        return form.model_validate(answer).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:40] or "answer"
        raise BadMessage(f"`{where}` of an answer to a {kind} task: {first['msg']}.") from None


def _task(session: Session, contributor: str, task_id: str) -> tuple[TaskRow, ItemRow]:
    task = session.get(TaskRow, task_id)
    if task is None or task.contributor != contributor:
        raise UnknownTask("That is no task of yours.")
    return task, session.get_one(ItemRow, task.item_id)


def _check_recording(session: Session, contributor: str, recording_id: str) -> None:
    recording = session.get(RecordingRow, recording_id)
    if recording is None or recording.contributor != contributor:
        raise BadMessage("`recording` is the id of a recording that you contributed.")
