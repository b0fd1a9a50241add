"""Tasks for evaluators: what the page's endpoints do, each change on disk when its call returns."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from random import SystemRandom
from typing import Final

import anyio
from anyio import to_thread
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, NoMoreTasks, NotReady, UnknownTask
from inzwa.feedback.codes import contributor_id
from inzwa.feedback.consent_text import consent_text
from inzwa.feedback.consents import require
from inzwa.feedback.recordings import sound_path
from inzwa.feedback.records import JsonObject
from inzwa.feedback.store.schema import now
from inzwa.feedback.submissions import first_time
from inzwa.feedback.tasks.answers import skip, submit, task_kind, undo
from inzwa.feedback.tasks.clips import clip_path
from inzwa.feedback.tasks.conversations import ORIGIN, reply_items, transcript_items
from inzwa.feedback.tasks.draw import Progress, TaskView, next_task, progress
from inzwa.feedback.tasks.items import KINDS, Kind, replace_items
from inzwa.feedback.tasks.own_shona import reading_items, review_items
from inzwa.feedback.tasks.sounds import task_sound
from inzwa.server.engine_lifecycle import RETRY_AFTER_S
from inzwa.server.feedback.service import FeedbackService
from inzwa.server.ui.strings import page_strings
from inzwa.settings import Settings

REFRESH_S: Final = 60.0
"""Seconds after which it is looked anew what contributors gave that can be judged."""

MADE: Final = ("naturalness", "comparison", "transcript", "reply")
"""Kinds whose first items the engines make, once somebody has asked for a task."""


class Tasks:
    """What one application does with tasks."""

    def __init__(
        self, settings: Settings, service: Callable[[], FeedbackService], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`service` gives the store's service, or raises FeedbackOff or FeedbackUnavailable."""
        self.wanted = anyio.Event()
        """Set once somebody has asked for a task: before, nothing is made."""
        self.making = False
        """Whether the engines have not made all of their items yet."""
        self._settings, self._service, self._clock = settings, service, clock
        self._refreshed_s: float | None = None
        self._random = SystemRandom()

    async def next(self, code: str, kind: str) -> JsonObject:
        """The next task of a kind, or of any where it is empty, as `shown`.

        NoMoreTasks; NotReady while the first items of that kind are being made; ConsentNeeded, Withdrawn.
        """
        service, contributor = self._service(), contributor_id(code)
        kinds = _kinds(kind)
        await service.store.read(partial(require, contributor=contributor, voice=kind == "reading"))
        await self._refresh(service)
        self.making |= not self.wanted.is_set()
        self.wanted.set()
        try:
            return shown(await service.store.write(partial(self._draw, contributor=contributor, kinds=kinds)))
        except NoMoreTasks:
            if self.making and kind in MADE:
                raise NotReady("Tasks of this kind are being made just now.", retry_after_s=RETRY_AFTER_S) from None
            raise

    async def submit(self, code: str, task: str, key: str, answer: JsonObject, *, skipped: bool) -> JsonObject:
        """Keep an answer, or that there is none: `task`, `done`, `total`. The errors of `submit`."""
        change = partial(_submit, contributor=contributor_id(code), task=task, key=key, answer=answer, skipped=skipped)
        return {"task": task, **asdict(await self._service().store.write(change))}

    async def undo(self, code: str) -> JsonObject:
        """The task that was answered or skipped last, as `shown`, with its answer. UnknownTask where there is none."""
        return shown(await self._service().store.read(partial(_undo, contributor=contributor_id(code))))

    async def sound(self, task: str, place: str) -> bytes:
        """The FLAC file of a task's sound. UnknownTask where there is none, or none any more."""
        service = self._service()
        found = await service.store.read(partial(task_sound, task_id=task, place=place))
        path = (sound_path if found.recording else clip_path)(service.store.folder, found.sha256)
        try:
            return await to_thread.run_sync(path.read_bytes)
        except FileNotFoundError:
            raise UnknownTask("There is no such sound any more.") from None

    def _draw(self, session: Session, contributor: str, kinds: tuple[Kind, ...]) -> TaskView:
        consent = require(session, contributor, voice=kinds == ("reading",))
        if not (consent.voice and self._settings.feedback == "full"):
            kinds = tuple(kind for kind in kinds if kind != "reading")
        return next_task(session, contributor, kinds, now=now(), random=self._random)

    async def _refresh(self, service: FeedbackService) -> None:
        """Inzwa's own texts once, and what contributors gave now and then."""
        if self._refreshed_s is None:
            await service.store.write(self._add_own)
        if self._refreshed_s is None or self._clock() - self._refreshed_s > REFRESH_S:
            self._refreshed_s = self._clock()
            await service.store.write(self._add_given)

    def _add_own(self, session: Session) -> None:
        phrases = {key: (phrase.sn, phrase.en) for key, phrase in page_strings().items()} | self._consent_phrases()
        replace_items(session, "review", "inzwa", review_items(phrases))
        full = self._settings.feedback == "full"
        replace_items(session, "reading", "sentences.txt", reading_items() if full else ())

    def _add_given(self, session: Session) -> None:
        full = self._settings.feedback == "full"
        replace_items(session, "transcript", ORIGIN, transcript_items(session) if full else ())
        replace_items(session, "reply", ORIGIN, reply_items(session))

    def _consent_phrases(self) -> dict[str, tuple[str, str]]:
        """The consent text by paragraph: what is agreed to must be understood."""
        shona, english = (consent_text(self._settings, language) for language in ("sn", "en"))
        pairs = zip(shona.paragraphs, english.paragraphs, strict=False)
        return {f"consent_text.{at}": pair for at, pair in enumerate(pairs)}


def shown(view: TaskView) -> JsonObject:
    """A task as clients get it: `task`, `kind`, `payload`, `progress`, `answer`."""
    seen = {"task": view.id, "kind": view.kind, "payload": view.payload}
    return {**seen, "progress": asdict(view.progress), "answer": view.answer}


def _kinds(kind: str) -> tuple[Kind, ...]:
    kinds = tuple(known for known in KINDS if kind in ("", known))
    if not kinds:
        raise BadMessage(f"`kind` is one of {', '.join(KINDS)}, or empty for any.")
    return kinds


def _submit(session: Session, contributor: str, task: str, key: str, answer: JsonObject, skipped: bool) -> Progress:
    require(session, contributor, voice=task_kind(session, task) == "reading")
    if not first_time(session, contributor, key, json.dumps([task, answer, skipped], sort_keys=True).encode()):
        return progress(session, contributor)
    if skipped:
        return skip(session, contributor, task)
    return submit(session, contributor, task, answer, now=now())


def _undo(session: Session, contributor: str) -> TaskView:
    view = undo(session, contributor)
    require(session, contributor, voice=view.kind == "reading")
    return view
