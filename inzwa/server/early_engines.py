"""Engines that begin to open before the application exists, and load while its modules are imported."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio

from inzwa.errors import InzwaError
from inzwa.protocols import Engines, Stage, StageReport, StageReporter
from inzwa.settings import Settings

OpenEngines = Callable[[Settings, StageReporter], AbstractAsyncContextManager[Engines]]
"""Opens the engines that the settings name, and reports how far each stage is."""


class EarlyEngines:
    """One opening of engines, whose owner comes later. `keep_open` runs in a task of its own until they are closed."""

    def __init__(self, settings: Settings, open_engines: OpenEngines) -> None:
        self._settings, self._open_engines = settings, open_engines
        self._reports: dict[Stage, StageReport] = {}
        self._report: StageReporter | None = None
        self._outcome: Engines | InzwaError | None = None
        self._ended, self._done, self._closed = anyio.Event(), anyio.Event(), anyio.Event()
        self._adopted, self._scope = False, anyio.CancelScope()

    async def keep_open(self) -> None:
        """Open the engines; close them when whoever adopted them is done, or when cancelled."""
        try:
            with self._scope:
                async with self._open_engines(self._settings, self._take_report) as engines:
                    self._outcome = engines
                    self._ended.set()
                    await self._done.wait()
        except InzwaError as error:
            self._outcome = error
        finally:
            self._ended.set()
            self._closed.set()

    @asynccontextmanager
    async def open(self, settings: Settings, report: StageReporter) -> AsyncIterator[Engines]:
        """An `open_engines`: the first time it gives the engines that were opened early, then it opens others."""
        if self._adopted:
            async with self._open_engines(settings, report) as engines:
                yield engines
            return
        self._adopted, self._report = True, report
        for known in tuple(self._reports.values()):
            report(known)
        try:
            yield await self._engines()
        finally:
            self._done.set()
            if self._outcome is None:  # their owner leaves before they are open
                self._scope.cancel()
            with anyio.CancelScope(shield=True):
                await self._closed.wait()

    async def _engines(self) -> Engines:
        await self._ended.wait()
        if isinstance(self._outcome, InzwaError):
            raise self._outcome
        if self._outcome is None:
            raise RuntimeError("The task that opens the engines was cancelled.")
        return self._outcome

    def _take_report(self, report: StageReport) -> None:
        """From any thread."""
        self._reports[report.stage] = report
        if self._report is not None:
            self._report(report)
