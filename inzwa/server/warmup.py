"""How far each stage has come on its way to being ready, and what was tried for it before. Knows no engine.

Made of the reports that come while engines are opened; they come from any thread.
"""

import logging
from dataclasses import asdict
from typing import Any, Final

from inzwa.protocols import STAGES, EngineInfo, Stage, StageReport

log = logging.getLogger(__name__)

MOST_TRIED: Final = 8
"""Failures that are remembered for a stage, the newest last."""


class WarmupProgress:
    """The last word of each stage."""

    def __init__(self) -> None:
        self.stages: dict[Stage, StageReport] = {stage: StageReport(stage, "waiting") for stage in STAGES}
        self._failed: dict[Stage, tuple[StageReport, ...]] = dict.fromkeys(STAGES, ())

    def take(self, report: StageReport) -> None:
        """Take note of a stage's progress."""
        before = self.stages[report.stage]
        if report.state != before.state:
            log.info("%s is %s %s", report.stage, report.state, report.detail)
        if report.state == "failed":
            self._failed[report.stage] = (*self._failed[report.stage], report)[-MOST_TRIED:]
        elif before.state == "ready":  # it is opened anew: what was tried before that is an old story
            self._failed[report.stage] = ()
        self.stages[report.stage] = report

    def begin_anew(self) -> None:
        """Another attempt at all of them."""
        self._failed = dict.fromkeys(STAGES, ())

    def reasons(self) -> list[str]:
        """Why it is not done, a sentence for each stage that is not ready."""
        return [
            f"{each.stage} is {each.state}: {each.detail}" for each in self.stages.values() if each.state != "ready"
        ]

    def underway(self) -> dict[str, Any]:
        """Every stage while it is opened: which model, what is done to it, how much of how much."""
        return {stage: told(report) | self._tried(stage) for stage, report in self.stages.items()}

    def running(self, stage: Stage, info: EngineInfo) -> dict[str, Any]:
        """One stage that is served: the engine's own word, its size, and what was tried for it in vain."""
        size = sum(file.size for file in info.files)
        return {"state": "ready", "title": info.title, **asdict(info), "bytes": size} | self._tried(stage)

    def _tried(self, stage: Stage) -> dict[str, Any]:
        return {"tried": [{"model": each.model, "reason": each.detail} for each in self._failed[stage]]}


def told(report: StageReport) -> dict[str, Any]:
    """A report as JSON has it; which stage it is about stands beside it."""
    return {name: value for name, value in asdict(report).items() if name != "stage"}
