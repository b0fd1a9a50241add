"""Tasks for evaluators: what the page's endpoints do, each change on disk when its call returns."""

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from random import SystemRandom
from typing import Final

import anyio
from anyio import to_thread

from inzwa.errors import BadMessage, NoMoreTasks, NotReady, UnknownTask
from inzwa.feedback.codes import contributor_id
from inzwa.feedback.consent_text import consent_text
from inzwa.feedback.consents import require
from inzwa.feedback.recordings import sound_path
from inzwa.feedback.records import JsonObject
from inzwa.feedback.tasks.clips import clip_path
from inzwa.feedback.tasks.desk import add_given, add_own, draw, last_answered, submit_once
from inzwa.feedback.tasks.draw import TaskView
from inzwa.feedback.tasks.items import KINDS, Kind
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
        self._recordings = settings.feedback == "full"
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
            change = partial(
                draw, contributor=contributor, kinds=kinds, recordings=self._recordings, random=self._random
            )
            return shown(await service.store.write(change))
        except NoMoreTasks:
            if self.making and kind in MADE:
                raise NotReady("Tasks of this kind are being made just now.", retry_after_s=RETRY_AFTER_S) from None
            raise

    async def submit(self, code: str, task: str, key: str, answer: JsonObject, *, skipped: bool) -> JsonObject:
        """Keep an answer, or that there is none: `task`, `done`, `total`. The errors of `submit`."""
        change = partial(
            submit_once, contributor=contributor_id(code), task=task, key=key, answer=answer, skipped=skipped
        )
        return {"task": task, **asdict(await self._service().store.write(change))}

    async def undo(self, code: str) -> JsonObject:
        """The task that was answered or skipped last, as `shown`, with its answer. UnknownTask where there is none."""
        return shown(await self._service().store.read(partial(last_answered, contributor=contributor_id(code))))

    async def sound(self, task: str, place: str) -> bytes:
        """The FLAC file of a task's sound. UnknownTask where there is none, or none any more."""
        service = self._service()
        found = await service.store.read(partial(task_sound, task_id=task, place=place))
        path = (sound_path if found.recording else clip_path)(service.store.folder, found.sha256)
        try:
            return await to_thread.run_sync(path.read_bytes)
        except FileNotFoundError:
            raise UnknownTask("There is no such sound any more.") from None

    async def _refresh(self, service: FeedbackService) -> None:
        """Inzwa's own texts once, and what contributors gave now and then."""
        if self._refreshed_s is None:
            phrases = {key: (phrase.sn, phrase.en) for key, phrase in page_strings().items()}
            phrases |= self._consent_phrases()
            await service.store.write(partial(add_own, phrases=phrases, recordings=self._recordings))
        if self._refreshed_s is None or self._clock() - self._refreshed_s > REFRESH_S:
            self._refreshed_s = self._clock()
            await service.store.write(partial(add_given, recordings=self._recordings))

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
