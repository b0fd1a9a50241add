"""What is running, or how far that has come: one answer for /readyz, the warm-up and the page. Knows no route."""

from typing import Any

from inzwa import __version__
from inzwa.errors import EngineError
from inzwa.server.app_state import AppState
from inzwa.server.warmup import told


def readiness(app_state: AppState) -> dict[str, Any]:
    """`ready` and `stages`; the reasons while it is not, and all about the engines once it is."""
    if not app_state.ready:
        return _not_ready(app_state, app_state.reasons())
    try:
        return {"ready": True, **_running(app_state)}
    except EngineError as error:  # one that hung is being replaced
        return _not_ready(app_state, [error.message])


def _running(app_state: AppState) -> dict[str, Any]:
    """Models, versions, checksums, sources, licences and times of the engines that serve."""
    engines, warming = app_state.engines, app_state.warming
    return {
        "version": __version__,
        "ready_after_s": app_state.ready_after_s,
        "voices": list(engines.tts.voices),
        "stages": {stage: warming.running(stage, info) for stage, info in engines.infos().items()},
        "exchanging": _exchanging(app_state),
    }


def _exchanging(app_state: AppState) -> dict[str, Any] | None:
    """The exchange under way: its stage, and how far it is."""
    report = app_state.exchanging.report
    return None if report is None else {"stage": report.stage, **told(report)}


def _not_ready(app_state: AppState, reasons: list[str]) -> dict[str, Any]:
    return {"ready": False, "reasons": reasons, "voices": [], "stages": app_state.warming.underway()}
