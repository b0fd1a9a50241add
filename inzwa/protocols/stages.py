"""The four stages of a conversation: how far each is on its way to being ready, and how its engine is exchanged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, get_args

from inzwa.errors import EngineError

Stage = Literal["vad", "asr", "llm", "tts"]

STAGES: Final[tuple[Stage, ...]] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class StageReport:
    """How far one stage has come on its way to being ready."""

    stage: Stage
    state: Literal["waiting", "fetching", "loading", "ready", "failed"]
    detail: str = ""
    """For people: the model's name, the file at hand and how much of it, or what went wrong."""
    model: str = ""
    """The model at hand, or the one that failed."""
    step: str = ""
    """What is done to its files just now, as a fetch calls it: downloading, checking, joining, converting, waiting."""
    done_bytes: int = 0
    """Bytes behind us in this step."""
    total_bytes: int = 0
    """Bytes of the whole step; 0 where nobody knows."""


StageReporter = Callable[[StageReport], None]
"""Takes reports from any thread."""


class Exchange(Protocol):
    """Puts another model in a stage's place."""

    async def __call__(self, stage: Stage, model: str, report: StageReporter) -> None:
        """Open it beside the engine that serves, then let it serve whoever begins after that.

        ModelError or EngineError when it cannot be had or opened; the engine that serves then goes on, as it does when
        this is cancelled.
        """
        ...


async def fixed(stage: Stage, model: str, report: StageReporter) -> None:
    """An Exchange for engines that cannot be exchanged."""
    raise EngineError(stage, f"The {stage} engine cannot be exchanged while it runs.")
