"""The publisher of an application: restores first, pushes what changed, and once more at the end."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio import from_thread, lowlevel, to_thread

from inzwa.feedback.codes import contributor_id
from inzwa.feedback.export.rows import contributor_ids
from inzwa.feedback.publish.push import pending, push
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.store.store import Store, open_store
from inzwa.models.sources.hub.client import Hub
from inzwa.server.feedback.publishing import LONGEST_RETRY_S, RETRY_S, Publisher
from inzwa.settings import load_settings
from tests.feedback import sample
from tests.feedback.publish.hub import DATASET, TOKEN, DatasetHub
from tests.feedback.publish.hub_faults import status, waits_at_the_gate
from tests.feedback.publish.hub_request import Request
from tests.feedback.publish.hub_server import serving

HOUR_S = 3_600.0


@pytest.fixture
def hub() -> Iterator[DatasetHub]:
    with serving() as hub:
        yield hub


@pytest.fixture
def repository(hub: DatasetHub) -> Repository:
    return Repository(DATASET, Hub(hub.url, TOKEN), lambda seconds: None)


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    with open_store(load_settings({"INZWA_DATA": str(data)})) as opened:
        yield opened


@asynccontextmanager
async def running(publisher: Publisher) -> AsyncIterator[None]:
    """It runs while the block does, and is stopped after it."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(publisher.run)
        yield
        await publisher.stop(limit_s=60)


async def test_what_an_earlier_process_left_is_pushed_at_once(store: Store, repository: Repository) -> None:
    sample.fill(store, people=1)
    async with running(Publisher(store, repository, HOUR_S)):
        pass
    assert not store.read_now(pending)


async def test_what_changed_is_pushed_after_the_interval(store: Store, repository: Repository, hub: DatasetHub) -> None:
    code = sample.contributor(store)
    pushed = anyio.Event()
    token = lowlevel.current_token()

    def tells(hub: DatasetHub, request: Request) -> bool:
        from_thread.run_sync(pushed.set, token=token)
        return False

    hub.fail("commit", lambda *_: False, tells)
    async with running(Publisher(store, repository, every_s=0.01)):
        while not hub.commits[1:]:
            await lowlevel.checkpoint()
        await to_thread.run_sync(sample.add_rating, store, code)
        await pushed.wait()
    assert f"data/ratings/{contributor_id(code)}.jsonl" in hub.paths


async def test_it_pushes_once_more_when_it_is_stopped(store: Store, repository: Repository, hub: DatasetHub) -> None:
    publisher = Publisher(store, repository, HOUR_S)
    async with running(publisher):
        code = sample.contributor(store)
    assert f"data/consents/{contributor_id(code)}.jsonl" in hub.paths


async def test_a_hub_that_does_not_answer_does_not_hold_the_end_up(
    store: Store, repository: Repository, hub: DatasetHub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.fail("info", waits_at_the_gate)
    publisher = Publisher(store, repository, HOUR_S)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(publisher.run)
        await to_thread.run_sync(hub.arrived.wait)
        await publisher.stop(limit_s=0.01)
        tasks.cancel_scope.cancel()
    assert "not all published" in caplog.text


async def test_a_failure_is_logged_with_its_code_and_the_next_push_comes_later_each_time(
    store: Store, repository: Repository, hub: DatasetHub, caplog: pytest.LogCaptureFixture
) -> None:
    sample.fill(store, people=1)
    hub.fail("info", *[status(403)] * 3)
    publisher = Publisher(store, repository, HOUR_S)
    waits = []
    for _ in range(3):
        await publisher._push()
        waits.append(publisher.wait_s)
    assert waits == [RETRY_S, 2 * RETRY_S, 4 * RETRY_S]
    assert max(waits) < LONGEST_RETRY_S
    assert "feedback_failed" in caplog.text
    assert sample.COMMENT not in caplog.text
    await publisher._push()
    assert publisher.wait_s == HOUR_S
    assert not store.read_now(pending)


async def test_a_sound_that_cannot_be_read_is_logged_and_tried_again_later(
    store: Store, repository: Repository, caplog: pytest.LogCaptureFixture
) -> None:
    sample.fill(store, people=1)
    sounds = list((store.folder / "recordings").rglob("*.flac"))
    for sound in sounds:
        sound.unlink()
        sound.mkdir()
    publisher = Publisher(store, repository, HOUR_S)
    async with running(publisher):
        pass
    assert sounds
    assert "not published yet" in caplog.text
    assert publisher.wait_s < HOUR_S


async def test_an_empty_store_is_restored_first(store: Store, repository: Repository, tmp_path: Path) -> None:
    with open_store(load_settings({"INZWA_DATA": str(tmp_path / "before")})) as before:
        sample.fill(before, people=2)
        push(before, repository)
    await Publisher(store, repository, HOUR_S).restore_first()
    assert len(store.read_now(contributor_ids)) == 2


async def test_a_restore_that_fails_or_takes_too_long_is_logged_and_waited_for_no_longer(
    store: Store, repository: Repository, hub: DatasetHub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.fail("info", status(403), waits_at_the_gate)
    publisher = Publisher(store, repository, HOUR_S)
    await publisher.restore_first()
    await publisher.restore_first(limit_s=0.01)
    assert caplog.text.count("not restored yet") == 2


async def test_a_store_that_holds_something_is_not_restored(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    sample.contributor(store)
    await Publisher(store, repository, HOUR_S).restore_first()
    assert hub.asked == []
