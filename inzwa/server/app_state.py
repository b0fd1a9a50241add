"""What all requests share: engines, admission of sessions, limits, metrics.

Made by `create_app`, reached through `app.state.inzwa`.
"""

import time

from inzwa.conversation.load_shedding import LoadMeter
from inzwa.errors import NotReady
from inzwa.protocols import Engines, Stage
from inzwa.server.admission import Admission
from inzwa.server.engine_lifecycle import RETRY_AFTER_S, EngineLifecycle, OpenEngines
from inzwa.server.limits import AddressLimit, RateLimit
from inzwa.server.metrics import Metrics
from inzwa.server.redaction import without_folders
from inzwa.settings import Settings


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

    @property
    def engines(self) -> Engines:
        """The warm engines; NotReady says what is missing."""
        if self.lifecycle.engines is None:
            why = without_folders(" ".join(self.reasons()))
            raise NotReady(f"Inzwa is not ready yet: {why}", retry_after_s=RETRY_AFTER_S)
        return self.lifecycle.engines

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
