"""Where the sound of a task is, for whoever has the task before them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from inzwa.errors import UnknownTask
from inzwa.feedback.store.schema import ItemRow, TaskRow


@dataclass(frozen=True, slots=True)
class TaskSound:
    """A sound file in the data folder."""

    sha256: str
    recording: bool
    """Whether it is a contributor's, and not a clip."""


def task_sound(session: Session, task_id: str, place: str) -> TaskSound:
    """The sound that the task shows as `place`, `a` or `b`. UnknownTask where there is none.

    The task's id is 128 random bits which only its evaluator was told, and says nothing of the item.
    """
    task = session.get(TaskRow, task_id)
    name = task.shown.get(place) if task else None
    if task is None or not name:
        raise UnknownTask("There is no such sound.")
    item = session.get_one(ItemRow, task.item_id)
    return TaskSound(str(item.payload[name]), recording=bool(item.hidden.get("recording")))
