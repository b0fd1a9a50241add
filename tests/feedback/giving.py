"""What the tests of feedback share: somebody who consents, and a turn to rate."""

from sqlalchemy.orm import Session

from inzwa.feedback.codes import contributor_id
from inzwa.feedback.consents import give_consent
from inzwa.feedback.records import Consent, TurnRecord
from inzwa.feedback.store.store import Store

TURN = TurnRecord(
    conversation="c" * 32,
    number=1,
    started_at=1_700_000_000.0,
    app_version="0",
    models={"asr": {"model": "scripted", "sha256": ""}},
    settings={"language": "sn"},
    transcript="mhoro shamwari",
    reply="Ndiripo.",
    latency={"first_audio_ms": 200},
    outcome="ended",
)


def consent(*, text: bool = True, voice: bool = False, adult: bool = True, **others: object) -> Consent:
    """A consent to ratings and texts, with what is given changed."""
    values = {"version": 1, "language": "sn", "licence": "CC0-1.0", "text": text, "voice": voice, "adult": adult}
    return Consent(**{**values, **others})


def consenting(session: Session, **chosen: object) -> str:
    """The contributor id of somebody new who consents."""
    return contributor_id(give_consent(session, consent(**chosen)))


async def somebody(store: Store, **chosen: object) -> str:
    """The same, on disk."""
    return await store.write(lambda session: consenting(session, **chosen))
