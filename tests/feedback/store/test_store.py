"""A change is on disk when `write` returns, alone or with others; what raises leaves nothing behind."""

import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import anyio
import pytest
from anyio import to_thread
from anyio.abc import TaskGroup
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inzwa.errors import FeedbackUnavailable
from inzwa.feedback.store.folder import DATABASE
from inzwa.feedback.store.schema import ContributorRow
from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import Settings
from tests.feedback.store.rows import contributor, count


def numbers(session: Session) -> list[int]:
    """Of the contributors there are, in order."""
    return sorted(int(each, 16) for each in session.scalars(select(ContributorRow.id)))


@asynccontextmanager
async def held(store: Store, group: TaskGroup) -> AsyncIterator[None]:
    """Inside, the writer is in the middle of a change, contributor 1, which is made when the block ends."""
    begun, goes_on = threading.Event(), threading.Event()

    def change(session: Session) -> None:
        begun.set()
        goes_on.wait(10)
        session.add(contributor(1))

    group.start_soon(store.write, change)
    await to_thread.run_sync(begun.wait, 10)
    try:
        yield
    finally:
        goes_on.set()


async def test_200_writes_at_once_are_all_there_once(store: Store) -> None:
    async with anyio.create_task_group() as group:
        for number in range(200):
            group.start_soon(store.write, lambda session, number=number: session.add(contributor(number)))
    assert await store.read(count) == 200


async def test_a_change_that_raises_is_rolled_back_alone(store: Store) -> None:
    def failing(session: Session) -> None:
        session.add(contributor(1))
        session.flush()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await store.write(failing)
    await store.write(lambda session: session.add(contributor(2)))
    assert await store.read(lambda session: session.scalars(select(ContributorRow.id)).all()) == [f"{2:032x}"]


async def test_changes_that_wait_together_share_one_transaction(store: Store) -> None:
    store.prepare()
    committed = list[int]()
    event.listen(store._writing, "commit", lambda connection: committed.append(1))
    async with anyio.create_task_group() as group, held(store, group):
        for number in range(2, 10):
            group.start_soon(store.write, lambda session, number=number: session.add(contributor(number)))
        await anyio.wait_all_tasks_blocked()
        assert committed == []
    assert len(committed) == 2
    assert await store.read(count) == 9


@pytest.mark.parametrize("error", [FeedbackUnavailable("no"), OSError("no"), KeyError("no")])
async def test_an_error_of_one_change_is_none_of_the_others_in_its_transaction(store: Store, error: Exception) -> None:
    told = list[Exception]()

    def failing(session: Session) -> None:
        raise error

    async def attempt() -> None:
        try:
            await store.write(failing)
        except (FeedbackUnavailable, KeyError) as raised:
            told.append(raised)

    async with anyio.create_task_group() as group, held(store, group):
        for change in (2, None, 3):
            if change is None:
                group.start_soon(attempt)
            else:
                group.start_soon(store.write, lambda session, number=change: session.add(contributor(number)))
        await anyio.wait_all_tasks_blocked()
    assert await store.read(numbers) == [1, 2, 3]
    assert len(told) == 1


async def test_a_change_whose_caller_is_cancelled_while_it_waits_is_not_made(store: Store) -> None:
    async with anyio.create_task_group() as group, held(store, group), anyio.create_task_group() as waiting:
        waiting.start_soon(store.write, lambda session: session.add(contributor(2)))
        await anyio.wait_all_tasks_blocked()
        waiting.cancel_scope.cancel()
    assert await store.read(numbers) == [1]


async def test_a_change_whose_caller_is_cancelled_while_it_runs_is_made_whole(store: Store) -> None:
    async with anyio.create_task_group() as running, held(store, running):
        running.cancel_scope.cancel()
    await store.write(lambda session: session.add(contributor(2)))
    assert await store.read(numbers) == [1, 2]


async def test_a_copy_made_while_it_is_written_to_is_whole(on_sqlite: Store, tmp_path: Path) -> None:
    copies = [tmp_path / f"copy-{number}.sqlite3" for number in range(5)]
    for number, copy in enumerate(copies):
        await on_sqlite.write(lambda session, number=number: session.add(contributor(number)))
        with closing(sqlite3.connect(on_sqlite.folder / DATABASE)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            assert target.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert target.execute("SELECT count(*) FROM contributors").fetchone() == (number + 1,)


def test_a_reader_cannot_write(store: Store) -> None:
    def writing(session: Session) -> None:
        session.add(contributor())
        session.commit()

    with pytest.raises((FeedbackUnavailable, DBAPIError)):
        store.read_now(writing)
    assert store.read_now(count) == 0


def test_a_closed_store_takes_nothing(settings: Settings) -> None:
    with open_store(settings) as store:
        store.write_now(lambda session: session.add(contributor()))
    with pytest.raises(RuntimeError):
        store.write_now(lambda session: session.add(contributor(2)))
