"""An engine failed."""

from inzwa.errors.base import InzwaError


class EngineError(InzwaError):
    """An engine raised. `stage` is vad, asr, llm or tts; the cause hangs on `__cause__`."""

    code = "engine_failed"
    retryable = True

    def __init__(self, stage: str, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.stage = stage


class EngineTimeout(EngineError):
    code = "engine_timeout"


class EngineUnfit(EngineError):
    code = "engine_unfit"
    retryable = False


class EngineRefused(EngineError):
    code = "engine_refused"
    retryable = False


class ContextTooLong(EngineError):
    code = "context_too_long"
    retryable = False

    def __init__(self, message: str) -> None:
        super().__init__("llm", message)
