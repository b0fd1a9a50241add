"""The one thread that writes. Changes that wait together share one transaction, and so one wait for the disk."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, InzwaError
from inzwa.feedback.store.database import database_errors, is_failure, unavailable

BATCH: Final = 8
"""Changes that may wait, and that one transaction may hold."""

LAST_BATCHES_S: Final = 10.0
"""Seconds that leaving waits for what is still to be written."""

Change = Callable[[Session], Any]


@dataclass(slots=True)
class Job:
    """One change, and what becomes of it."""

    change: Change
    future: "Future[Any]" = field(default_factory=Future)


@dataclass(slots=True)
class _Outcome:
    job: Job
    result: Any = None
    error: BaseException | None = None

    def deliver(self) -> None:
        if self.error is None:
            self.job.future.set_result(self.result)
        else:
            self.job.future.set_exception(self.error)


class Writer:
    """A thread with a short queue. Open it as a context manager; leaving writes what waits."""

    def __init__(self, engine: Engine, prepare: Callable[[], None]) -> None:
        """`prepare` is called before each transaction: it makes the database usable, or raises."""
        self._engine = engine
        self._prepare = prepare
        self._jobs: list[Job] = []
        self._changed = threading.Condition()
        self._open = False
        self._thread = threading.Thread(target=self._work, name="inzwa-feedback", daemon=True)

    def __enter__(self) -> Self:
        self._open = True
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._open = False
            self._changed.notify_all()
        self._thread.join(LAST_BATCHES_S)

    def offer(self, job: Job) -> bool:
        """Queue the job; False where there is no place. RuntimeError once the writer is closed."""
        with self._changed:
            return self._take(job)

    def put(self, job: Job) -> None:
        """Queue the job as soon as there is a place. RuntimeError once the writer is closed."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._jobs) < BATCH or not self._open)
            self._take(job)

    def _take(self, job: Job) -> bool:
        if not self._open:
            raise RuntimeError("the store is closed")
        if len(self._jobs) >= BATCH:
            return False
        self._jobs.append(job)
        self._changed.notify_all()
        return True

    def _work(self) -> None:
        while jobs := self._next():
            if wanted := [job for job in jobs if job.future.set_running_or_notify_cancel()]:
                for outcome in self._write(wanted):
                    outcome.deliver()

    def _next(self) -> list[Job]:
        """Whatever waits; empty once the writer is closed and nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or not self._open)
            jobs, self._jobs = self._jobs, []
            self._changed.notify_all()
            return jobs

    def _write(self, jobs: list[Job]) -> list[_Outcome]:
        """All in one transaction, each in a savepoint; nothing is told before the commit, not even an error."""
        try:
            self._prepare()
            with database_errors(), self._engine.begin() as connection:
                return [_outcome(connection, job) for job in jobs]
        except BaseException as error:  # nothing is kept of any of them; the thread must live on
            return [_Outcome(job, error=error) for job in jobs]


def _outcome(connection: Connection, job: Job) -> _Outcome:
    """A change that raises is rolled back alone; a database that fails is raised, and ends the transaction."""
    try:
        return _Outcome(job, _apply(connection, job.change))
    except BaseException as error:  # whatever it is belongs to the caller
        if is_failure(error):
            raise
        return _Outcome(job, error=_told(error))


def _told(error: BaseException) -> BaseException:
    """The error with the type that callers know."""
    told: InzwaError
    if isinstance(error, DataError | UnicodeEncodeError):
        told = BadMessage("A text holds characters that cannot be stored, or is too long.")
    elif isinstance(error, OSError):
        told = unavailable("The data folder cannot be written.")
    else:
        return error
    told.__cause__ = error
    return told


def _apply(connection: Connection, change: Change) -> Any:
    """Tried twice where another process has added the same row in the meantime, which the second try sees."""
    try:
        return _in_savepoint(connection, change)
    except IntegrityError:
        return _in_savepoint(connection, change)


def _in_savepoint(connection: Connection, change: Change) -> Any:
    session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    with session, session.begin():
        return change(session)
