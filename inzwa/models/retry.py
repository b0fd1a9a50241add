"""How often a passing trouble is met with another try, and after how long. Knows nothing of what is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from inzwa.models.sources.hub_refusals import Passing

TRIES: Final = 5
"""Tries in a row that may come to nothing."""
FIRST_PAUSE_S: Final = 1.0
"""Seconds before the second try; twice as many before each one after it."""
LONGEST_PAUSE_S: Final = 120.0
"""Whoever asks to wait longer than this is told that it is too long."""

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Retry:
    """The tries of one task."""

    pause: Callable[[float], object]
    """Waits so many seconds."""
    failures: int = 0

    def forgive(self) -> None:
        """Something came of it: begin to count anew."""
        self.failures = 0

    def wait(self, trouble: Passing) -> None:
        """Wait as long as the trouble asks, or ever longer; raise it when there was enough of it."""
        self.failures += 1
        pause_s = trouble.retry_after_s or FIRST_PAUSE_S * 2 ** (self.failures - 1)
        if self.failures >= TRIES or pause_s > LONGEST_PAUSE_S:
            raise trouble
        self.pause(pause_s)

    def attempt(self, task: Callable[[], Answer]) -> Answer:
        """The task's answer, from the first try that gives one."""
        while True:
            try:
                return task()
            except Passing as trouble:
                self.wait(trouble)
