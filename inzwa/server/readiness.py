"""The answer of /readyz, of a warm-up and for the page: what is running, or how far its warm-up is."""

from dataclasses import asdict

from inzwa import __version__
from inzwa.errors import EngineError
from inzwa.protocols import EngineInfo, StageReport
from inzwa.server.app_state import AppState
from inzwa.server.engine_lifecycle import EngineLifecycle

JsonObject = dict[str, object]


def readiness(app_state: AppState) -> JsonObject:
    """`ready`, `voices` and `stages`; the reasons while it is not ready, and all about the engines once it is."""
    if not app_state.ready:
        return _not_ready(app_state.lifecycle, app_state.reasons())
    try:
        return {"ready": True, **_running(app_state)}
    except EngineError as error:  # one that hung is being replaced
        return _not_ready(app_state.lifecycle, [error.message])


def _running(app_state: AppState) -> JsonObject:
    engines, lifecycle = app_state.engines, app_state.lifecycle
    exchanging = lifecycle.exchanging
    return {
        "version": __version__,
        "ready_after_s": lifecycle.ready_after_s,
        "voices": list(engines.tts.voices),
        "stages": {
            stage: running_stage(info, lifecycle.progress.failures[stage]) for stage, info in engines.infos().items()
        },
        "exchanging": None if exchanging is None else {"stage": exchanging.stage, **_report(exchanging)},
    }


def _not_ready(lifecycle: EngineLifecycle, reasons: list[str]) -> JsonObject:
    progress = lifecycle.progress
    stages = {stage: opening_stage(report, progress.failures[stage]) for stage, report in progress.stages.items()}
    return {"ready": False, "reasons": reasons, "voices": [], "stages": stages}


def running_stage(info: EngineInfo, failures: tuple[StageReport, ...]) -> JsonObject:
    """One stage that is served: all that its engine says of itself, its files' size, and what was tried before it."""
    size = sum(file.size for file in info.files)
    return {"state": "ready", "title": info.title, **asdict(info), "bytes": size, "tried": _tried(failures)}


def opening_stage(report: StageReport, failures: tuple[StageReport, ...]) -> JsonObject:
    """One stage while it is opened: which model, what is done to it, how much of how much, and what was tried."""
    return _report(report) | {"tried": _tried(failures)}


def _report(report: StageReport) -> JsonObject:
    """A report's fields but for its stage, under whose name it stands."""
    return {name: value for name, value in asdict(report).items() if name != "stage"}


def _tried(failures: tuple[StageReport, ...]) -> list[dict[str, str]]:
    return [{"model": each.model, "reason": each.detail} for each in failures]
