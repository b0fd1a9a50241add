"""The store opens with the server, costs it nothing where it cannot, and is tidied at the start."""

from datetime import timedelta
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inzwa.errors import FeedbackOff, FeedbackUnavailable
from inzwa.feedback.store.schema import RecordingRow, now
from inzwa.feedback.store.store import open_store
from tests.feedback.giving import consenting
from tests.serving import serving, settings


def old_recording(session: Session) -> None:
    """A recording of last week."""
    session.add(
        RecordingRow(
            id="r", contributor=consenting(session, voice=True), sha256="0" * 64, kind="turn", text="", language="sn",
            duration_ms=1, size_bytes=1, created_at=now() - timedelta(days=7),
        )
    )  # fmt: skip


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RecordingRow)) or 0


async def test_a_store_that_cannot_be_opened_leaves_the_server_ready_and_says_so() -> None:
    async with serving(database_url="mysql://somewhere/else") as (_, app_state):
        assert app_state.ready
        with pytest.raises(FeedbackUnavailable):
            app_state.require_feedback()


async def test_feedback_is_there_while_the_server_runs_and_not_after(tmp_path: Path) -> None:
    async with serving(data=tmp_path) as (_, app_state):
        assert app_state.require_feedback() is app_state.feedback
    with pytest.raises(FeedbackUnavailable):
        app_state.require_feedback()


async def test_switched_off_there_is_none() -> None:
    async with serving(feedback="off") as (_, app_state):
        with pytest.raises(FeedbackOff):
            app_state.require_feedback()


async def test_a_recording_that_is_too_old_goes_at_the_start(tmp_path: Path) -> None:
    with open_store(settings(data=tmp_path)) as store:
        store.write_now(old_recording)
    async with serving(data=tmp_path, feedback_retention_days=6) as (_, app_state):
        opened = app_state.require_feedback().store
        with anyio.fail_after(10):
            while await opened.read(count):
                await anyio.lowlevel.checkpoint()
