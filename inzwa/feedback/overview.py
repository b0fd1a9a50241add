"""What a contributor is shown of what is held of theirs."""

from dataclasses import fields

from sqlalchemy.orm import Session

from inzwa.errors import ConsentNeeded, Withdrawn
from inzwa.feedback.consents import current_consent
from inzwa.feedback.contributions import list_recordings
from inzwa.feedback.records import JsonObject, Profile
from inzwa.feedback.store.schema import ContributorRow
from inzwa.feedback.withdrawal import gathered

SHOWN = ("version", "language", "licence", "text", "voice", "adult", *(field.name for field in fields(Profile)))
"""Of a consent."""


def overview(session: Session, contributor: str) -> JsonObject:
    """`consent` as it is now, `counts` by kind, and `recordings`, each with its id.

    ConsentNeeded where nobody has consented with this code, Withdrawn where all was deleted.
    """
    row, consent = session.get(ContributorRow, contributor), current_consent(session, contributor)
    if row is not None and row.withdrawn_at is not None:
        raise Withdrawn("All that was given under this code is deleted.")
    if consent is None:
        raise ConsentNeeded("Nobody has consented with this code, so nothing is kept under it.")
    return {
        "consent": {name: getattr(consent, name) for name in SHOWN},
        "counts": gathered(session, contributor),
        "recordings": list_recordings(session, contributor),
    }
