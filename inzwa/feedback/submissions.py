"""Idempotency: a message that comes again, because its answer was lost, changes nothing."""

import hashlib
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, RateLimited
from inzwa.feedback.store.schema import ContributorRow, SubmissionRow, now

MAX_KEY: Final = 64
"""Characters."""

MOST_A_DAY: Final = 5_000
"""Submissions of one contributor in 24 hours; nobody judges so many, and nobody else's disk is filled."""

RETRY_S: Final = 3_600.0
"""What a contributor with more of them is told to wait."""


def check_key(key: str) -> None:
    """BadMessage unless it is 1 to MAX_KEY characters."""
    if not 1 <= len(key) <= MAX_KEY or "\x00" in key:
        raise BadMessage(f"`key` has 1 to {MAX_KEY} characters.")


def first_time(session: Session, contributor: str, key: str, content: bytes) -> bool:
    """Whether this key is new; then it is used from now on. False where the same was submitted with it before.

    BadMessage for a key of the wrong length and for one that came with other content; RateLimited after MOST_A_DAY.
    The contributor's row is there: `require` has passed.
    """
    check_key(key)
    sha256 = hashlib.sha256(content).hexdigest()
    row = session.get(SubmissionRow, (contributor, key))
    if row is not None:
        if row.sha256 != sha256:
            raise BadMessage("This `key` was used for something else: a new message needs a new key.")
        return False
    _limit(session, contributor)
    session.add(SubmissionRow(contributor=contributor, key=key, sha256=sha256))
    session.flush()
    return True


def changed(session: Session, contributor: str) -> None:
    """Count one more change of what the contributor gave, so that it is published anew."""
    row = ContributorRow
    session.execute(update(row).where(row.id == contributor).values(changes=row.changes + 1))


def _limit(session: Session, contributor: str) -> None:
    """Counted only for contributors with so many changes in all, which are few."""
    changes = session.scalar(select(ContributorRow.changes).where(ContributorRow.id == contributor)) or 0
    if changes < MOST_A_DAY:
        return
    of_today = SubmissionRow.contributor == contributor, SubmissionRow.at > now() - timedelta(days=1)
    if (session.scalar(select(func.count()).select_from(SubmissionRow).where(*of_today)) or 0) >= MOST_A_DAY:
        raise RateLimited(f"More than {MOST_A_DAY} of one contributor in a day are not taken.", retry_after_s=RETRY_S)
