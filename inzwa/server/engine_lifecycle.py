"""The engines of this process: opened in the background, opened again after a failure, exchanged while they serve."""

import logging
import time
from contextlib import suppress
from typing import Final

import anyio

from inzwa.errors import EngineError, ExchangeFailed, ExchangeUnderway, InzwaError, ModelError, UnknownModel
from inzwa.process import STARTED_S, return_free_memory
from inzwa.protocols import STAGES, Engines, Stage, StageReport
from inzwa.server.early_engines import OpenEngines
from inzwa.server.metrics import Metrics
from inzwa.settings import Settings

log = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 5.0
"""What a client is told to wait while there is no engine, or no session free."""

MOST_FAILURES: Final = 8
"""Failures that are remembered for a stage, the newest last."""


class WarmupProgress:
    """The last report of each stage, and which models failed before. Reports may come from any thread."""

    def __init__(self) -> None:
        self.stages: dict[Stage, StageReport] = {stage: StageReport(stage, "waiting") for stage in STAGES}
        self.failures: dict[Stage, tuple[StageReport, ...]] = dict.fromkeys(STAGES, ())

    def report(self, report: StageReport) -> None:
        """Note a stage's progress."""
        before = self.stages[report.stage]
        if report.state != before.state:
            log.info("%s is %s %s", report.stage, report.state, report.detail)
        if report.state == "failed":
            self.failures[report.stage] = (*self.failures[report.stage], report)[-MOST_FAILURES:]
        elif before.state == "ready":  # it is opened again: earlier failures do not matter any more
            self.failures[report.stage] = ()
        self.stages[report.stage] = report

    def restart(self) -> None:
        """Forget the failures: every stage is opened again."""
        self.failures = dict.fromkeys(STAGES, ())

    def reasons(self) -> list[str]:
        """A sentence for each stage that is not ready."""
        return [
            f"{each.stage} is {each.state}: {each.detail}" for each in self.stages.values() if each.state != "ready"
        ]


class EngineLifecycle:
    """Opens the engines, warm from then on. `keep_open` runs for as long as the server does."""

    def __init__(self, settings: Settings, open_engines: OpenEngines, metrics: Metrics) -> None:
        self.engines: Engines | None = None
        """None until they are warm."""
        self.ready_after_s: float | None = None
        """Seconds from the process's start to ready, once it is."""
        self.progress = WarmupProgress()
        self.exchanging: StageReport | None = None
        """How far the exchange under way is; None while there is none."""
        self._settings, self._open_engines, self._metrics = settings, open_engines, metrics
        self._failure: InzwaError | None = None
        self._ended = anyio.Event()
        self._retry = anyio.Event()

    def reasons(self) -> list[str]:
        """Why the engines are not warm, a sentence each; empty when they are."""
        return [self._failure.message] if self._failure is not None else self.progress.reasons()

    async def keep_open(self) -> None:
        """Open the engines and keep them until cancelled; after a failure, try again each time `warm_up` asks."""
        while True:
            try:
                async with self._open_engines(self._settings, self.progress.report) as engines:
                    self._opened(engines)
                    await anyio.sleep_forever()
            except InzwaError as error:
                log.error("the engines did not open: %s", error.message)
                self.engines, self._failure = None, error
                self._ended.set()
            await self._retry.wait()
            self._retry, self._failure = anyio.Event(), None
            self.progress.restart()

    def _opened(self, engines: Engines) -> None:
        self.engines = engines
        self._metrics.watch(engines)
        return_free_memory()
        self.ready_after_s = time.monotonic() - STARTED_S
        log.info("ready after %.1f s", self.ready_after_s)
        self._ended.set()

    async def warm_up(self) -> None:
        """Wait for the warm-up under way, or for another one if that failed; its error when it fails."""
        if self._failure is not None and not self._retry.is_set():
            self._ended = anyio.Event()
            self._retry.set()
        await self.warm_up_ended()
        if self._failure is not None:
            raise self._failure

    async def warm_up_ended(self) -> None:
        """Wait until the warm-up under way has succeeded or failed."""
        await self._ended.wait()

    async def exchange(self, engines: Engines, stage: Stage, model: str) -> None:
        """Let another model serve the stage while conversations go on, one exchange at a time.

        ExchangeUnderway, UnknownModel, or ExchangeFailed, which says why; the stage is then as it was.
        """
        if self.exchanging is not None:
            raise ExchangeUnderway(
                f"{self.exchanging.model} is replacing the {self.exchanging.stage} model; one exchange at a time.",
                retry_after_s=RETRY_AFTER_S,
            )
        self.exchanging = StageReport(stage, "waiting", model, model)
        try:
            await engines.exchange(stage, model, self._exchange_report)
        except UnknownModel:
            raise
        except (ModelError, EngineError) as error:
            raise ExchangeFailed(f"{stage} stays as it was: {error.message}") from error
        finally:
            self.exchanging = None
        with suppress(EngineError):  # another stage's engine hung and is being replaced
            self._metrics.watch(engines)
        return_free_memory()
        log.info("%s is %s from now on", stage, model)

    def _exchange_report(self, report: StageReport) -> None:
        self.exchanging = report
