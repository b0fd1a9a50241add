"""What all requests share: engines, admission of sessions, limits, metrics, what evaluators give.

Made by `create_app`, reached through `app.state.inzwa`.
"""

import time
from typing import Final

from inzwa.conversation.load_shedding import LoadMeter
from inzwa.errors import FeedbackOff, FeedbackUnavailable, NotReady
from inzwa.protocols import Engines, Stage
from inzwa.server.admission import Admission
from inzwa.server.early_engines import OpenEngines
from inzwa.server.engine_lifecycle import RETRY_AFTER_S, EngineLifecycle
from inzwa.server.feedback.service import FeedbackService
from inzwa.server.feedback.tasks import Tasks
from inzwa.server.feedback.turn_log import TurnLog
from inzwa.server.limits import AddressLimit, RateLimit
from inzwa.server.metrics import Metrics
from inzwa.server.redaction import without_folders
from inzwa.settings import Settings

RATINGS_PER_REQUEST: Final = 5
"""Ratings that an address may send for each request of `requests_per_minute`: a room of evaluators shares one."""


class AppState:
    """The state of one application."""

    def __init__(self, settings: Settings, open_engines: OpenEngines) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.lifecycle = EngineLifecycle(settings, open_engines, self.metrics)
        self.load = LoadMeter(time.monotonic, time.process_time, settings.threads)
        self.rate = RateLimit(settings.requests_per_minute)
        self.address_limit = AddressLimit(settings.max_sessions_per_address)
        self.admission = Admission(settings, self.load, self.metrics)
        self.rating_rate = RateLimit(RATINGS_PER_REQUEST * settings.requests_per_minute)
        self.turn_log = None if settings.feedback == "off" else TurnLog()
        """The turns that can be rated; None where feedback is off, so that nothing is remembered."""
        self.feedback: FeedbackService | None = None
        """There while the application runs, unless feedback is off."""
        self.tasks = Tasks(settings, self.require_feedback)

    @property
    def engines(self) -> Engines:
        """The warm engines; NotReady says what is missing."""
        if self.lifecycle.engines is None:
            why = without_folders(" ".join(self.reasons()))
            raise NotReady(f"Inzwa is not ready yet: {why}", retry_after_s=RETRY_AFTER_S)
        return self.lifecycle.engines

    def require_feedback(self) -> FeedbackService:
        """Where ratings go. FeedbackOff where nothing is kept; FeedbackUnavailable where the store is not open."""
        if self.turn_log is None:
            raise FeedbackOff("This server keeps nothing of what people think of it (INZWA_FEEDBACK is off).")
        if self.feedback is None:
            raise FeedbackUnavailable("Nothing can be kept now; send it again later.", retry_after_s=RETRY_AFTER_S)
        return self.feedback

    @property
    def ready(self) -> bool:
        return self.lifecycle.engines is not None and not self.admission.draining

    def reasons(self) -> list[str]:
        """Why Inzwa is not ready, a sentence each; empty when it is."""
        return ["The server is stopping."] if self.admission.draining else self.lifecycle.reasons()

    async def exchange(self, stage: Stage, model: str) -> None:
        """Let another model serve the stage. NotReady, and the errors of EngineLifecycle.exchange."""
        engines = self.engines
        self.admission.refuse_if_draining()
        await self.lifecycle.exchange(engines, stage, model)
