"""The tables that the steps make are those of the schema, however many processes make them at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from inzwa.errors import FeedbackUnavailable
from inzwa.feedback.store.migrate import revision
from inzwa.feedback.store.schema import Table
from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import Settings
from tests.feedback.store.rows import contributor, count

ROOT = Path(__file__).parents[3]

STARTER = """
from inzwa.feedback.store.store import open_store
from inzwa.settings import load_settings
from tests.feedback.store.rows import contributor
import sys
sys.stdin.readline()
with open_store(load_settings()) as store:
    store.write_now(lambda session: session.add(contributor(int(sys.argv[1]))))
"""


def test_the_steps_make_the_tables_of_the_schema(store: Store) -> None:
    store.prepare()
    with store._writing.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Table.metadata.tables, "alembic_version"}


def test_opening_again_keeps_what_is_there(settings: Settings) -> None:
    for number in range(3):
        with open_store(settings) as store:
            store.write_now(lambda session, number=number: session.add(contributor(number)))
            assert store.read_now(count) == number + 1


def test_a_database_of_a_newer_inzwa_is_left_alone(settings: Settings) -> None:
    with open_store(settings) as store:
        store.prepare()
        with store._writing.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with open_store(settings) as store:
        with pytest.raises(FeedbackUnavailable, match="newer Inzwa"):
            store.write_now(lambda session: session.add(contributor()))
        with store._writing.connect() as connection:
            assert revision(connection) == "9999"


@pytest.mark.processes
def test_processes_that_start_at_once_make_the_tables_once(settings: Settings, environment: dict[str, str]) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", STARTER, str(number)],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for number in range(4)
    ]  # fmt: skip
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[1] for process in started] == [b""] * 4
    with open_store(settings) as store:
        assert store.read_now(count) == 4
