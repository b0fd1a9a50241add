"""What contributors gave is judged by others only while the consent under which it was given still covers it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.codes import contributor_id, new_code
from inzwa.feedback.consents import give_consent
from inzwa.feedback.ratings import rate
from inzwa.feedback.records import Rating
from inzwa.feedback.store.schema import ItemRow, RecordingRow
from inzwa.feedback.tasks.desk import add_given
from tests.feedback.giving import TURN, consent


def kinds_after(session: Session, code: str, **chosen: bool) -> list[str]:
    """The kinds of items that are there once that is consented to."""
    give_consent(session, consent(**chosen), code)
    add_given(session, recordings=True)
    return sorted(session.scalars(select(ItemRow.kind).where(ItemRow.active)))


def test_a_consent_that_is_narrowed_takes_the_words_or_the_voice_from_the_tasks(session: Session) -> None:
    code = new_code()
    who = contributor_id(code)
    give_consent(session, consent(voice=True), code)
    rate(session, who, TURN, Rating(verdict="up"), "1")
    about = {"kind": "turn", "text": "mhoro", "language": "sn", "duration_ms": 1, "size_bytes": 1}
    session.add(RecordingRow(id="r", contributor=who, sha256="0" * 64, **about))
    session.flush()
    assert kinds_after(session, code, voice=True) == ["reply", "transcript"]
    assert kinds_after(session, code) == ["reply"]
    assert kinds_after(session, code, text=False, voice=True) == ["transcript"]
