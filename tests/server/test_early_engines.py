"""Engines that open before the application: handed over once, with what was reported, and closed by their owner."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from inzwa.errors import EngineError
from inzwa.protocols import Engines, StageReport, StageReporter
from inzwa.server.early_engines import EarlyEngines
from inzwa.settings import Settings
from tests.serving import scripted_engines, settings


class Opening:
    """An `open_engines` that is told when to go on, and remembers what happened."""

    def __init__(self, error: EngineError | None = None) -> None:
        self.gate, self.began = anyio.Event(), anyio.Event()
        self.error = error
        self.story: list[str] = []

    @asynccontextmanager
    async def open(self, _settings: Settings, report: StageReporter) -> AsyncIterator[Engines]:
        self.story.append("opening")
        report(StageReport("asr", "loading", "whisper"))
        self.began.set()
        await self.gate.wait()
        if self.error:
            raise self.error
        report(StageReport("asr", "ready", "whisper"))
        try:
            yield scripted_engines()
        finally:
            self.story.append("closed")


async def test_they_open_before_anybody_asks_and_are_handed_over_with_their_reports():
    opening, reports = Opening(), []
    early = EarlyEngines(settings(), opening.open)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(early.keep_open)
        await opening.began.wait()
        opening.gate.set()
        async with early.open(settings(), reports.append) as engines:
            assert isinstance(engines, Engines)
            assert opening.story == ["opening"]
        assert opening.story == ["opening", "closed"]
    assert [report.state for report in reports] in (["loading", "ready"], ["ready"])


async def test_reports_that_come_after_the_handover_are_passed_on():
    opening, reports = Opening(), []
    early = EarlyEngines(settings(), opening.open)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(early.keep_open)
        await opening.began.wait()

        async def adopt() -> None:
            async with early.open(settings(), reports.append):
                pass

        tasks.start_soon(adopt)
        await anyio.wait_all_tasks_blocked()
        assert [report.state for report in reports] == ["loading"]
        opening.gate.set()
    assert [report.state for report in reports] == ["loading", "ready"]


async def test_an_error_is_their_owners_and_the_next_opening_is_another():
    opening = Opening(EngineError("asr", "It does not load."))
    early = EarlyEngines(settings(), opening.open)
    opening.gate.set()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(early.keep_open)
        with pytest.raises(EngineError, match="does not load"):
            async with early.open(settings(), lambda _: None):
                pass
        opening.error = None
        async with early.open(settings(), lambda _: None):
            assert opening.story == ["opening", "opening"]
    assert opening.story == ["opening", "opening", "closed"]


async def test_engines_that_nobody_came_for_are_closed_with_their_task():
    opening = Opening()
    opening.gate.set()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(EarlyEngines(settings(), opening.open).keep_open)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert opening.story == ["opening", "closed"]


async def test_an_owner_that_is_cancelled_still_waits_until_they_are_closed():
    opening = Opening()
    opening.gate.set()
    early = EarlyEngines(settings(), opening.open)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(early.keep_open)
        with anyio.CancelScope() as scope:
            async with early.open(settings(), lambda _: None):
                scope.cancel()
                await anyio.sleep_forever()
        assert opening.story == ["opening", "closed"]


async def test_an_owner_that_leaves_while_they_open_ends_the_opening():
    opening = Opening()
    early = EarlyEngines(settings(), opening.open)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(early.keep_open)
        await opening.began.wait()
        with anyio.CancelScope() as scope:
            scope.cancel()
            async with early.open(settings(), lambda _: None):
                pass
    assert opening.story == ["opening"]
