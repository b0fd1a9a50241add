"""A store for the tests of feedback: what uses it runs on SQLite and, as `processes`, on PostgreSQL."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import Settings, load_settings
from tests.feedback.postgresql import PostgresServer, postgres_server

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.processes))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """One server for all tests; who stops it starts it again."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=BACKENDS)
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The INZWA_ variables of an empty database of the test's own."""
    folder = {"INZWA_DATA": str(tmp_path / "data")}
    if request.param == "sqlite":
        yield folder
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    with server.database(f"test_{uuid.uuid4().hex}") as url:
        yield folder | {"INZWA_DATABASE_URL": url}


@pytest.fixture
def settings(given: dict[str, str]) -> Settings:
    """Settings with that database."""
    return load_settings(given)


@pytest.fixture
def environment(given: dict[str, str]) -> dict[str, str]:
    """The environment of a process with these settings."""
    return os.environ | given


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An empty store of the test's own."""
    with open_store(settings) as opened:
        yield opened


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    with open_store(load_settings({"INZWA_DATA": str(tmp_path / "data")})) as opened:
        opened.prepare()
        yield opened
