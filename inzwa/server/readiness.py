"""What is running, or how far that has come: one answer for /readyz, the warm-up and the page. Knows no route."""

from typing import Any

from inzwa import __version__
from inzwa.errors import EngineError
from inzwa.server.app_state import House
from inzwa.server.warmup import told


def readiness(house: House) -> dict[str, Any]:
    """`ready` and `stages`; the reasons while it is not, and all about the engines once it is."""
    if not house.ready:
        return _not_ready(house, house.reasons())
    try:
        return {"ready": True, **_running(house)}
    except EngineError as error:  # one that hung is being replaced
        return _not_ready(house, [error.message])


def _running(house: House) -> dict[str, Any]:
    """Models, versions, checksums, sources, licences and times of the engines that serve."""
    engines, warming = house.engines, house.warming
    return {
        "version": __version__,
        "ready_after_s": house.ready_after_s,
        "voices": list(engines.tts.voices),
        "stages": {stage: warming.running(stage, info) for stage, info in engines.infos().items()},
        "exchanging": _exchanging(house),
    }


def _exchanging(house: House) -> dict[str, Any] | None:
    """The exchange under way: its stage, and how far it is."""
    report = house.exchanging.report
    return None if report is None else {"stage": report.stage, **told(report)}


def _not_ready(house: House, reasons: list[str]) -> dict[str, Any]:
    return {"ready": False, "reasons": reasons, "voices": [], "stages": house.warming.underway()}
