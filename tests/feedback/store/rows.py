"""Rows for the tests of the store."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inzwa.feedback.store.schema import ContributorRow, RecordingRow, now


def contributor(number: int = 1) -> ContributorRow:
    """The row of somebody with this number."""
    return ContributorRow(id=f"{number:032x}")


def recording(number: int, sha256: str, *, created_at: datetime | None = None, of: int = 1) -> RecordingRow:
    """The row of a recording of contributor `of`."""
    return RecordingRow(
        id=f"{number:032x}",
        contributor=f"{of:032x}",
        sha256=sha256,
        kind="turn",
        text="",
        language="sn",
        duration_ms=1000,
        size_bytes=1,
        created_at=created_at or now(),
    )


def count(session: Session, table: type[Any] = ContributorRow) -> int:
    """Rows of a table."""
    return session.scalar(select(func.count()).select_from(table)) or 0
