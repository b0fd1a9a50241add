"""The engine below the store: SQLite in the data folder, or a PostgreSQL server; their errors get a type here."""

import importlib.util
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from inzwa.errors import FeedbackUnavailable, NotInstalled, SettingsError
from inzwa.feedback.store.folder import DATABASE
from inzwa.settings import Settings

log = logging.getLogger(__name__)

BUSY_S: Final = 2.0
"""Seconds to wait for another process that writes to the same SQLite file."""
CONNECT_S: Final = 3
"""Seconds to wait for a PostgreSQL server to answer."""
STATEMENT_MS: Final = 10_000
"""Milliseconds that one statement that writes, or waiting for a lock, may take in PostgreSQL."""
QUERY_MS: Final = 300_000
"""Milliseconds that a query may take there: an export reads everything."""
RETRY_S: Final = 2.0
"""What a client is told to wait before it sends the same again."""
ERASE_MS: Final = 100
"""Milliseconds to wait, after a deletion, for those who still read what was deleted."""
READERS: Final = 4
"""Connections for reading; the one for writing is apart."""

SENTENCES: Final = {
    sqlite3.SQLITE_FULL: "The disk is full: make room on it.",
    sqlite3.SQLITE_BUSY: "Another program holds the database.",
    sqlite3.SQLITE_READONLY: "The database cannot be written: give the data folder (INZWA_DATA) to this user.",
    sqlite3.SQLITE_CANTOPEN: "The database cannot be opened: give the data folder (INZWA_DATA) to this user.",
    sqlite3.SQLITE_IOERR: "The disk cannot be read or written: see whether it is full, or fails.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged: restore the data folder from a copy.",
    sqlite3.SQLITE_NOTADB: "The database is damaged: restore the data folder from a copy.",
}
"""SQLite's primary result code to what is wrong, and the remedy."""

_DELETED: Final = "deleted"
"""In a connection's `info`: rows were deleted, and the log may still hold them."""

AWAY: Final = "The database does not answer: see whether its server runs, and INZWA_DATABASE_URL is right."
FAILED: Final = "The database failed."
NOT_KEPT: Final = "Nothing was kept of this; send it again later."


def unavailable(what: str) -> FeedbackUnavailable:
    """The error that clients see."""
    return FeedbackUnavailable(f"{what} {NOT_KEPT}", retry_after_s=RETRY_S)


@contextmanager
def database_errors() -> Iterator[None]:
    """What a database raises because it is away, full, locked or damaged leaves as FeedbackUnavailable.

    Errors of a statement itself (a constraint, SQL, a value) pass as they are.
    """
    try:
        yield
    except (DatabaseError, InterfaceError, PoolTimeout) as error:
        if not is_failure(error):
            raise
        raise unavailable(_sentence(error)) from error
    except OSError as error:
        log.warning("The data folder cannot be used: %s", type(error).__name__)
        raise unavailable("The data folder cannot be written: name another with INZWA_DATA.") from error


def is_failure(error: BaseException) -> bool:
    """Whether the database failed, rather than a statement that it was given."""
    own = isinstance(error, DataError | IntegrityError | ProgrammingError)
    return isinstance(error, DatabaseError | InterfaceError | PoolTimeout) and not own


def _sentence(error: Exception) -> str:
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorcode", None)
    state = getattr(cause, "sqlstate", None)
    log.warning("The database failed: %s, code %s", type(cause or error).__name__, code if state is None else state)
    return AWAY if code is None else SENTENCES.get(code & 0xFF, FAILED)


def database_url(settings: Settings, folder: Path) -> URL:
    """Where the database is. SettingsError, which does not repeat it, for what is no address of PostgreSQL."""
    given = settings.database_url.get_secret_value()
    if not given:
        return URL.create("sqlite+pysqlite", database=str(folder / DATABASE))
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("postgresql", "postgres", "postgresql+psycopg") or not url.database:
        raise SettingsError("INZWA_DATABASE_URL=(hidden) cannot be: it takes postgresql://user:password@host/name.")
    if importlib.util.find_spec("psycopg") is None:
        raise NotInstalled("PostgreSQL needs psycopg: pip install -r requirements-postgres.txt")
    return url.set(drivername="postgresql+psycopg")


def open_engine(url: URL, *, writes: bool) -> Engine:
    """An engine with one connection for writing, or READERS connections that can only read. Connects to nothing yet."""
    size = 1 if writes else READERS
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=size, max_overflow=0, pool_timeout=BUSY_S)
        _sqlite_transactions(engine, writes=writes)
        return engine
    options = f"-c synchronous_commit=on -c lock_timeout={STATEMENT_MS}"
    options += f" -c statement_timeout={STATEMENT_MS if writes else QUERY_MS}"
    options += "" if writes else " -c default_transaction_read_only=on"
    arguments = {"connect_timeout": CONNECT_S, "application_name": "inzwa", "options": options}
    return create_engine(
        url, pool_size=size, max_overflow=0, pool_timeout=BUSY_S, pool_pre_ping=True, connect_args=arguments
    )


def _sqlite_transactions(engine: Engine, *, writes: bool) -> None:
    """SQLAlchemy says where a transaction begins, not sqlite3, so that savepoints and DDL are part of one.

    After "Pysqlite: enabling non-legacy SQLite transactional modes" in SQLAlchemy's documentation, for every Python.
    """

    def connected(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None
        pragmas = [f"busy_timeout={int(BUSY_S * 1000)}", "foreign_keys=ON", "synchronous=FULL"]
        pragmas += ["journal_mode=WAL", "secure_delete=ON"] if writes else ["query_only=ON"]
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", connected)
    event.listen(
        engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    )
    if writes:
        event.listen(engine, "after_cursor_execute", _note_deletion)
        event.listen(engine, "checkin", _erase)


def _note_deletion(connection: Connection, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
    if context is not None and context.isdelete:
        connection.info[_DELETED] = True


def _erase(connection: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
    """After a transaction that deleted: empty the write-ahead log, which still holds what was there before.

    Where somebody reads that just now, the end of the next transaction tries again. Never an error: all is committed.
    """
    if connection is None or _DELETED not in record.info:
        return
    with suppress(sqlite3.Error):
        connection.execute(f"PRAGMA busy_timeout={ERASE_MS}").close()
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute(f"PRAGMA busy_timeout={int(BUSY_S * 1000)}").close()
        if not busy:
            del record.info[_DELETED]
