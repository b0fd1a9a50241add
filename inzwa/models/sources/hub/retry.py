"""How often a request to the Hub that failed is repeated, and after how long."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from inzwa.models.sources.hub.errors import TransientError

ATTEMPTS: Final = 5
"""Attempts in a row that may fail."""
FIRST_PAUSE_S: Final = 1.0
"""Seconds before the second attempt; twice as many before each one after it."""
LONGEST_PAUSE_S: Final = 120.0
"""A server that asks for a longer pause than this is not waited for."""

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Retry:
    """The attempts of one task."""

    pause: Callable[[float], object]
    """Waits so many seconds."""
    failures: int = 0
    """In a row."""

    def reset(self) -> None:
        """Count anew: the task has made progress."""
        self.failures = 0

    def attempt(self, task: Callable[[], Answer]) -> Answer:
        """The task's answer, from the first attempt that gives one; the last TransientError when none does."""
        while True:
            try:
                return task()
            except TransientError as error:
                self.failures += 1
                pause_s = error.retry_after_s or FIRST_PAUSE_S * 2 ** (self.failures - 1)
                if self.failures >= ATTEMPTS or pause_s > LONGEST_PAUSE_S:
                    raise
                self.pause(pause_s)
