"""Making items to judge never takes the server with it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.lowlevel
from sqlalchemy.orm import Session

from inzwa.errors import FeedbackUnavailable
from inzwa.feedback.store.protocol import FeedbackStore
from inzwa.feedback.tasks.items import known_sources
from inzwa.server.feedback.service import FeedbackService
from tests.serving import serving

T = TypeVar("T")


class AwayAtFirst:
    """A store whose database does not answer the first read."""

    def __init__(self, store: FeedbackStore) -> None:
        self._store, self._away = store, True

    @property
    def folder(self) -> Path:
        return self._store.folder

    async def write(self, change: Callable[[Session], T]) -> T:
        return await self._store.write(change)

    async def read(self, query: Callable[[Session], T]) -> T:
        if self._away:
            self._away = False
            raise FeedbackUnavailable("away", retry_after_s=0.01)
        return await self._store.read(query)


async def test_a_database_that_is_away_when_items_are_made_is_asked_again_and_the_engines_stay(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (_, app_state):
        opened = app_state.require_feedback()
        store = AwayAtFirst(opened.store)
        app_state.feedback = FeedbackService(store, app_state.settings, opened.turn_log, app_state.metrics)
        app_state.tasks.wanted.set()
        with anyio.fail_after(10):
            while not await opened.store.read(known_sources):
                await anyio.lowlevel.checkpoint()
        assert app_state.ready
