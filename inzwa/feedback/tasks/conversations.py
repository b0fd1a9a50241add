"""Items from what contributors gave: transcripts of their recordings to correct, replies that they got to judge."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.consents import current_consent
from inzwa.feedback.store.schema import RatingRow, RecordingRow, TurnRow
from inzwa.feedback.tasks.items import Item

ORIGIN = "contributors"
"""`hidden["origin"]` of what is here."""


def transcript_items(session: Session) -> list[Item]:
    """One for each recording of a turn whose text no person has confirmed, while consent covers the voice."""
    rows = session.execute(
        select(RecordingRow, TurnRow)
        .outerjoin(TurnRow, TurnRow.id == RecordingRow.turn_id)
        .where(RecordingRow.kind == "turn", ~RecordingRow.verified)
    ).all()
    covered = _covered(session, {recording.contributor for recording, _ in rows}, voice=True)
    return [
        Item(
            kind="transcript",
            payload={"text": turn.transcript if turn else recording.text, "sound": recording.sha256},
            hidden={"origin": ORIGIN, "recording": recording.id, "system": _model(turn, "asr")},
            contributor=recording.contributor,
        )
        for recording, turn in rows
        if recording.contributor in covered
    ]


def reply_items(session: Session) -> list[Item]:
    """One for each rated turn that has words on both sides, while consent covers texts."""
    rows = session.scalars(select(TurnRow).join(RatingRow, RatingRow.turn_id == TurnRow.id)).all()
    covered = _covered(session, {turn.contributor for turn in rows}, voice=False)
    return [
        Item(
            kind="reply",
            payload={"question": turn.transcript, "reply": turn.reply},
            hidden={"origin": ORIGIN, "system": _model(turn, "llm"), "turn": turn.id},
            contributor=turn.contributor,
        )
        for turn in rows
        if turn.contributor in covered and turn.transcript.strip() and turn.reply.strip()
    ]


def _covered(session: Session, contributors: set[str], *, voice: bool) -> set[str]:
    """Those whose latest consent still covers their recordings or, without `voice`, their texts."""
    latest = {contributor: current_consent(session, contributor) for contributor in contributors}
    return {who for who, consent in latest.items() if consent and (consent.voice if voice else consent.text)}


def _model(turn: TurnRow | None, stage: str) -> str:
    return str(turn.models.get(stage, {}).get("model", "")) if turn else ""
