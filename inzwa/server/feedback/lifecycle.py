"""The store's life in an application: opened at the start, tidied daily, closed at the end."""

import logging
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Final

import anyio

from inzwa.errors import FeedbackUnavailable, InzwaError
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.recordings import tidy
from inzwa.feedback.store.folder import DATABASE
from inzwa.feedback.store.store import Store, open_store
from inzwa.server.app_state import AppState
from inzwa.server.feedback.publishing import Publisher
from inzwa.server.feedback.service import FeedbackService
from inzwa.server.feedback.turn_log import TurnLog
from inzwa.settings import Settings

log = logging.getLogger(__name__)

TIDY_S: Final = 86_400.0
"""Seconds between two looks for recordings that are too old."""
RETRY_S: Final = 300.0
"""Seconds until the next look where the database did not answer."""
FORGET_S: Final = 60.0
"""Seconds between two looks for conversations that closed long ago."""


@asynccontextmanager
async def open_feedback(app_state: AppState) -> AsyncIterator[None]:
    """While the block lasts `app_state.feedback` is there, unless feedback is off. Waits for no database.

    A store that cannot be opened is logged, and every call then says so; talking goes on.
    """
    turn_log, settings = app_state.turn_log, app_state.settings
    if turn_log is None:
        yield
        return
    with ExitStack() as stack:
        store = _open(settings, stack)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_forget_now_and_then, turn_log)
            publisher = None
            if store is not None:
                service = FeedbackService(store, settings, turn_log, app_state.metrics)
                tasks.start_soon(_tidy_daily, store, settings)
                if settings.feedback_dataset:
                    repository = Repository.of(settings.feedback_dataset)
                    publisher = Publisher(store, repository, settings.feedback_push_minutes * 60)
                    tasks.start_soon(_serve_restored, app_state, service, publisher)
                else:
                    app_state.feedback = service
            yield
            app_state.feedback = None
            if publisher is not None:
                await publisher.stop(settings.drain_s)
            tasks.cancel_scope.cancel()


async def _serve_restored(app_state: AppState, service: FeedbackService, publisher: Publisher) -> None:
    """Take ratings once what was pushed before is here again, and publish from then on."""
    await publisher.restore_first()
    app_state.feedback = service
    await publisher.run()


def _open(settings: Settings, stack: ExitStack) -> Store | None:
    try:
        return stack.enter_context(open_store(settings))
    except InzwaError as error:
        log.error("what evaluators give cannot be kept: %s", error.message)
        return None


async def _tidy_daily(store: Store, settings: Settings) -> None:
    """Delete recordings that are too old. A server to which nobody has given anything gets no folder by that."""
    while True:
        wait_s = TIDY_S
        if settings.database_url.get_secret_value() or (store.folder / DATABASE).exists():
            try:
                done = await tidy(store, settings.feedback_retention_days)
            except FeedbackUnavailable:
                wait_s = RETRY_S
            else:
                if done.missing:
                    log.warning("the files of %d recordings are missing", len(done.missing))
        await anyio.sleep(wait_s)


async def _forget_now_and_then(turn_log: TurnLog) -> None:
    while True:
        await anyio.sleep(FORGET_S)
        turn_log.forget()
