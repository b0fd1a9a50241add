"""Brings the tables up to date, however many processes start at once."""

import threading
from contextlib import nullcontext
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from inzwa.errors import FeedbackUnavailable
from inzwa.feedback.store.database import database_errors, unavailable

LOCK: Final = 0x696E7A7761
"""The number of the lock in PostgreSQL: "inzwa" in ASCII."""
LOCK_FILE: Final = "feedback.lock"
"""Beside an SQLite database: turning on its WAL does not wait for another process that does the same."""
FIRST_START_S: Final = 30.0
"""Seconds to wait for another process that makes or changes the tables."""

_ALEMBIC: Final = threading.Lock()
"""Alembic keeps the step under way in globals of its own."""


def migrate(engine: Engine, folder: Path) -> None:
    """Make the tables, or bring them up to date: all of it or, where it fails, nothing.

    FeedbackUnavailable where the database does not answer, or was made by a newer Inzwa.
    """
    on_sqlite = engine.dialect.name == "sqlite"
    lock = FileLock(folder / LOCK_FILE, FIRST_START_S) if on_sqlite else nullcontext()
    try:
        with _ALEMBIC, lock, database_errors(), engine.begin() as connection:
            if not on_sqlite:  # BEGIN IMMEDIATE is SQLite's lock
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
            _upgrade(connection)
    except ProgrammingError as error:
        raise unavailable("The tables cannot be made: give the user of INZWA_DATABASE_URL the right to.") from error
    except Timeout as error:
        raise unavailable("Another process is changing the database.") from error


def revision(connection: Connection) -> str | None:
    """The step that the tables are at; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def alembic_config(connection: Connection, folder: Path) -> Config:
    """For Alembic's commands, over this connection; `folder` is that of the migrations."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _upgrade(connection: Connection) -> None:
    with as_file(files("inzwa.feedback.store").joinpath("migrations")) as folder:
        config = alembic_config(connection, folder)
        at = revision(connection)
        if at not in (None, *(step.revision for step in ScriptDirectory.from_config(config).walk_revisions())):
            raise FeedbackUnavailable("The database was made by a newer Inzwa: install that one.")
        command.upgrade(config, "head")
