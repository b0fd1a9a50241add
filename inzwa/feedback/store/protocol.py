"""What callers need of a store, so that a test can give them one that fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


class FeedbackStore(Protocol):
    """`inzwa.feedback.store.store.Store` is one."""

    @property
    def folder(self) -> Path:
        """The data folder."""
        ...

    async def write(self, change: Callable[[Session], T]) -> T:
        """What `change` returns, once it is on disk. What it raises, or FeedbackUnavailable."""
        ...

    async def read(self, query: Callable[[Session], T]) -> T:
        """What `query` returns, of what is on disk. What it raises, or FeedbackUnavailable."""
        ...
