"""One model put in another's place while conversations go on: one exchange at a time. Knows no engine and no route."""

from typing import Final

from inzwa.errors import EngineError, ExchangeFailed, ExchangeUnderway, ModelError, UnknownModel
from inzwa.protocols import Engines, Stage, StageReport

RETRY_AFTER_S: Final = 5.0


class ModelSwap:
    """The exchange that is under way, if any."""

    def __init__(self) -> None:
        self.report: StageReport | None = None
        """How far it is; None while none is under way."""

    async def run(self, engines: Engines, stage: Stage, model: str) -> None:
        """Let the model serve the stage. ExchangeUnderway, UnknownModel, or ExchangeFailed, which says why."""
        if self.report is not None:
            raise ExchangeUnderway(
                f"{self.report.model} is being put in the place of the {self.report.stage} model; one at a time.",
                retry_after_s=RETRY_AFTER_S,
            )
        self.report = StageReport(stage, "waiting", model, model)
        try:
            await engines.exchange(stage, model, self._take)
        except UnknownModel:
            raise
        except (ModelError, EngineError) as error:
            raise ExchangeFailed(f"{stage} stays as it was: {error.message}") from error
        finally:
            self.report = None

    def _take(self, report: StageReport) -> None:
        self.report = report
