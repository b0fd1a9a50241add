"""Recordings whose text a person has confirmed: what a recogniser is measured on."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.consents import current_consent
from inzwa.feedback.store.schema import ContributorRow, ItemRow, RecordingRow, TaskRow


@dataclass(frozen=True, slots=True)
class VerifiedRecording:
    """One recording and what is said in it."""

    id: str
    sha256: str
    """Of its FLAC file."""
    text: str


def verified_recordings(session: Session, language: str) -> list[VerifiedRecording]:
    """All in a language, the oldest first, whose contributors' consent still covers recordings.

    The text is what was read aloud, or what the contributor corrected; else what most evaluators wrote who transcribed
    the recording, the first written where as many wrote another.
    """
    written = _transcribed(session)
    rows = session.scalars(
        select(RecordingRow)
        .join(ContributorRow, ContributorRow.id == RecordingRow.contributor)
        .where(RecordingRow.language == language, ContributorRow.withdrawn_at.is_(None))
        .order_by(RecordingRow.created_at, RecordingRow.id)
    ).all()
    covered = {contributor for contributor in {row.contributor for row in rows} if _covers(session, contributor)}
    found = (
        VerifiedRecording(row.id, row.sha256, row.text if row.verified else written.get(row.id, ""))
        for row in rows
        if row.contributor in covered
    )
    return [each for each in found if each.text.strip()]


def _covers(session: Session, contributor: str) -> bool:
    consent = current_consent(session, contributor)
    return consent is not None and consent.voice and consent.adult


def _transcribed(session: Session) -> dict[str, str]:
    """Id of a recording to the transcript that most evaluators gave."""
    rows = session.execute(
        select(TaskRow.answer, ItemRow.hidden)
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .where(ItemRow.kind == "transcript", TaskRow.answered_at.is_not(None), ~TaskRow.skipped)
        .order_by(TaskRow.answered_at, TaskRow.id)
    )
    texts: dict[str, Counter[str]] = {}
    for answer, hidden in rows:
        if recording := hidden.get("recording"):
            texts.setdefault(str(recording), Counter())[str(answer["text"])] += 1
    return {recording: counted.most_common(1)[0][0] for recording, counted in texts.items()}
