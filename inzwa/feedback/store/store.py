"""What evaluators give, on disk: a change is on it when `write` returns."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self, TypeVar, cast

import anyio
from anyio import to_thread
from sqlalchemy import URL
from sqlalchemy.orm import Session

from inzwa.feedback.store.database import READERS, database_errors, database_url, open_engine
from inzwa.feedback.store.folder import data_folder, make_folder
from inzwa.feedback.store.migrate import migrate
from inzwa.feedback.store.writer import BATCH, Job, Writer
from inzwa.settings import Settings

T = TypeVar("T")

AT_ONCE: Final = 2 * BATCH
"""Changes under way from async code: one batch is written while the next gathers. Further callers wait."""


class Store:
    """The database and the data folder of one application. Its methods may be called from any thread."""

    def __init__(self, folder: Path, url: URL) -> None:
        """Connects to nothing yet; use `open_store`."""
        self.folder = folder
        self._writing = open_engine(url, writes=True)
        self._reading = open_engine(url, writes=False)
        self._prepared = False
        self._preparing = threading.Lock()
        self._places = anyio.Semaphore(AT_ONCE)
        self._readers = anyio.CapacityLimiter(READERS)
        self._writer = Writer(self._writing, self.prepare)

    def __enter__(self) -> Self:
        self._writer.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Writes what waits; a read under way in an abandoned thread fails."""
        self._writer.__exit__()
        self._writing.dispose()
        self._reading.dispose()

    async def write(self, change: Callable[[Session], T]) -> T:
        """What `change` returns, once it is on disk.

        Raises what `change` raises, after which nothing of it is left, and FeedbackUnavailable where the database
        cannot be written. A caller that is cancelled leaves the whole change behind, or nothing of it.
        """
        job = Job(change)
        async with self._places:
            try:
                if not self._writer.offer(job):
                    await to_thread.run_sync(self._writer.put, job, abandon_on_cancel=True)
                return cast(T, await asyncio.wrap_future(job.future))
            finally:
                job.future.cancel()

    def write_now(self, change: Callable[[Session], T]) -> T:
        """As `write`, and blocks."""
        job = Job(change)
        self._writer.put(job)
        return cast(T, job.future.result())

    async def read(self, query: Callable[[Session], T]) -> T:
        """What `query` returns, of what is on disk. FeedbackUnavailable where the database cannot be read."""
        return await to_thread.run_sync(self.read_now, query, limiter=self._readers, abandon_on_cancel=True)

    def read_now(self, query: Callable[[Session], T]) -> T:
        """As `read`, and blocks."""
        self.prepare()
        with database_errors(), Session(self._reading, expire_on_commit=False) as session:
            return query(session)

    def prepare(self) -> None:
        """Make the folder and the tables, or bring them up to date, unless that is done. FeedbackUnavailable."""
        with self._preparing:
            if not self._prepared:
                with database_errors():
                    make_folder(self.folder)
                migrate(self._writing, self.folder)
                self._prepared = True


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store of these settings. A database that is away does not fail this: each write and read tries it again.

    SettingsError for a wrong INZWA_DATABASE_URL, NotInstalled where PostgreSQL's client is missing.
    """
    folder = data_folder(settings)
    store = Store(folder, database_url(settings, folder))
    with store:
        yield store
