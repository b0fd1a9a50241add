"""What a server does with tasks, each function one change or query for a consenting contributor."""

import json
from collections.abc import Mapping, Sequence
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.consents import require
from inzwa.feedback.records import JsonObject
from inzwa.feedback.store.schema import ItemRow, now
from inzwa.feedback.submissions import first_time
from inzwa.feedback.tasks.answers import skip, submit, task_kind, undo
from inzwa.feedback.tasks.conversations import ORIGIN, reply_items, transcript_items
from inzwa.feedback.tasks.draw import Progress, TaskView, next_task, progress
from inzwa.feedback.tasks.items import Item, Kind, add_items, replace_items
from inzwa.feedback.tasks.own_shona import reading_items, review_items
from inzwa.feedback.tasks.voices import comparison_items


def draw(session: Session, contributor: str, kinds: Sequence[Kind], *, recordings: bool, random: Random) -> TaskView:
    """The next task of these kinds. To read aloud is asked only of who consented to recordings, where they are kept.

    NoMoreTasks, ConsentNeeded, Withdrawn.
    """
    consent = require(session, contributor, voice=tuple(kinds) == ("reading",))
    if not (consent.voice and recordings):
        kinds = [kind for kind in kinds if kind != "reading"]
    return next_task(session, contributor, kinds, now=now(), random=random)


def submit_once(
    session: Session, contributor: str, task: str, key: str, answer: JsonObject, *, skipped: bool
) -> Progress:
    """Keep an answer, or that there is none; with a key that was used nothing changes. The errors of `submit`."""
    require(session, contributor, voice=task_kind(session, task) == "reading")
    if not first_time(session, contributor, key, json.dumps([task, answer, skipped], sort_keys=True).encode()):
        return progress(session, contributor)
    if skipped:
        return skip(session, contributor, task)
    return submit(session, contributor, task, answer, now=now())


def last_answered(session: Session, contributor: str) -> TaskView:
    """As `undo`, of somebody who consents."""
    found = undo(session, contributor)
    require(session, contributor, voice=found.kind == "reading")
    return found


def add_own(session: Session, phrases: Mapping[str, tuple[str, str]], *, recordings: bool) -> None:
    """Inzwa's own Shona to review (key to Shona and English), and sentences to read aloud where those are kept."""
    replace_items(session, "review", "inzwa", review_items(phrases))
    replace_items(session, "reading", "sentences.txt", reading_items() if recordings else ())


def add_given(session: Session, *, recordings: bool) -> None:
    """What contributors gave and others may judge."""
    replace_items(session, "transcript", ORIGIN, transcript_items(session) if recordings else ())
    replace_items(session, "reply", ORIGIN, reply_items(session))


def add_made(session: Session, item: Item) -> None:
    """An item that an engine made and, of a clip, a comparison with each other clip of the same sentence."""
    add_items(session, [item])
    if item.kind == "naturalness":
        rows = session.scalars(select(ItemRow).where(ItemRow.kind == "naturalness", ItemRow.active))
        same = [row for row in rows if row.payload.get("text") == item.payload["text"] and "source" in row.hidden]
        clips = (Item(kind="naturalness", payload=row.payload, hidden=row.hidden) for row in same)
        add_items(session, comparison_items(clips))
