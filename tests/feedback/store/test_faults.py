"""A database that is full, locked, damaged or away: a typed error that names the remedy, and it works again after."""

import logging
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import pytest
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, FeedbackUnavailable
from inzwa.feedback.store.folder import DATABASE
from inzwa.feedback.store.schema import ContributorRow
from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import load_settings
from tests.feedback.postgresql import PostgresServer
from tests.feedback.store.rows import contributor, count

BIG = "x" * 1_000_000


def adding(number: int, note: str = "") -> Callable[[Session], None]:
    """A change that adds one contributor; the note makes it take room."""

    def change(session: Session) -> None:
        session.add(contributor(number))
        session.flush()
        if note:
            session.connection().exec_driver_sql("CREATE TABLE room AS SELECT ? AS note", (note,))

    return change


def fill(ballast: Path) -> None:
    """Write until the disk is full, which is an OSError."""
    with ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounts a tmpfs, as root")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "inzwa-test", folder], check=False, timeout=10)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    yield folder
    subprocess.run(["umount", folder], check=True, timeout=10)


async def test_a_full_database_says_so_takes_nothing_and_works_once_there_is_room(on_sqlite: Store) -> None:
    def limit(session: Session, pages: int) -> None:
        session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await on_sqlite.write(lambda session: limit(session, 60))
    with pytest.raises(FeedbackUnavailable, match=r"disk is full.*Nothing was kept") as caught:
        await on_sqlite.write(adding(1, BIG))
    assert caught.value.retry_after_s
    assert await on_sqlite.read(count) == 0
    await on_sqlite.write(lambda session: limit(session, 1_000_000))
    await on_sqlite.write(adding(1, BIG))
    assert await on_sqlite.read(count) == 1


@pytest.mark.processes
async def test_a_full_disk_says_so_and_works_once_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with open_store(load_settings({"INZWA_DATA": str(small_disk / "data")})) as store:
        await store.write(adding(1))
        with pytest.raises(OSError, match=r"No space"):
            fill(ballast)
        with pytest.raises(FeedbackUnavailable, match="disk"):
            await store.write(adding(2, BIG))
        kept = await store.read(count)
        ballast.unlink()
        await store.write(adding(1_000))
        assert await store.read(count) == kept + 1


async def test_all_changes_of_a_transaction_that_fails_are_told_so(on_sqlite: Store) -> None:
    outcomes = dict[int, str]()

    async def attempt(number: int) -> None:
        try:
            await on_sqlite.write(adding(number))
            outcomes[number] = "kept"
        except FeedbackUnavailable:
            outcomes[number] = "not kept"

    other = sqlite3.connect(on_sqlite.folder / DATABASE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        async with anyio.create_task_group() as group:
            for number in range(8):
                group.start_soon(attempt, number)
    finally:
        other.close()
    assert await on_sqlite.read(count) == list(outcomes.values()).count("kept")
    assert len(outcomes) == 8
    assert "not kept" in outcomes.values()
    await on_sqlite.write(adding(100))


async def test_a_database_that_another_program_holds_can_be_read(on_sqlite: Store) -> None:
    await on_sqlite.write(adding(1))
    other = sqlite3.connect(on_sqlite.folder / DATABASE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await on_sqlite.read(count) == 1
    other.close()


async def test_a_folder_that_cannot_be_made_fails_no_start_and_is_tried_again(tmp_path: Path) -> None:
    in_the_way = tmp_path / "data"
    in_the_way.write_bytes(b"")
    with open_store(load_settings({"INZWA_DATA": str(in_the_way)})) as store:
        for attempt in (store.write(adding(1)), store.read(count)):
            with pytest.raises(FeedbackUnavailable, match="INZWA_DATA") as caught:
                await attempt
            assert str(tmp_path) not in caught.value.message
        in_the_way.unlink()
        await store.write(adding(1))
        assert await store.read(count) == 1


async def test_a_damaged_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database at all " * 1000)
    given = load_settings({"INZWA_DATA": str(tmp_path)})
    with open_store(given) as store, pytest.raises(FeedbackUnavailable, match="damaged"):
        await store.write(adding(1))


async def test_a_text_that_no_database_takes_is_the_senders_fault(store: Store) -> None:
    with pytest.raises(BadMessage):
        await store.write(lambda session: session.add(ContributorRow(id="\ud800")))
    await store.write(adding(1))


@pytest.mark.processes
async def test_a_server_that_is_stopped_is_said_to_be_away_and_works_once_it_is_back(
    postgresql: PostgresServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with postgresql.database("stopped") as url:
        secret = url.replace("inzwa@", "inzwa:pass-word@")
        with open_store(load_settings({"INZWA_DATA": str(tmp_path), "INZWA_DATABASE_URL": secret})) as store:
            await store.write(adding(1))
            postgresql.stop()
            try:
                for attempt in (store.write(adding(2)), store.read(count), store.write(adding(2))):
                    with pytest.raises(FeedbackUnavailable, match="does not answer") as caught:
                        await attempt
                    assert "pass-word" not in f"{caught.value.message}{caplog.text}"
            finally:
                postgresql.start()
            await store.write(adding(2))
            assert await store.read(count) == 2


@pytest.mark.processes
async def test_a_server_that_is_away_at_the_start_is_found_later(postgresql: PostgresServer, tmp_path: Path) -> None:
    with postgresql.database("late") as url:
        postgresql.stop()
        with open_store(load_settings({"INZWA_DATA": str(tmp_path), "INZWA_DATABASE_URL": url})) as store:
            try:
                with pytest.raises(FeedbackUnavailable):
                    await store.write(adding(1))
            finally:
                postgresql.start()
            await store.write(adding(1))
            assert await store.read(count) == 1
