"""What each contributor has agreed to. Nothing of a contributor's is kept before `require` has passed."""

from typing import Any, Final, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, ConsentNeeded, Withdrawn
from inzwa.feedback.codes import contributor_id, new_code
from inzwa.feedback.records import AgeBand, Consent, Gender, Profile, Variety
from inzwa.feedback.store.schema import ConsentRow, ContributorRow
from inzwa.feedback.submissions import changed

MAX_FIRST_LANGUAGE: Final = 40
"""Characters."""


def give_consent(session: Session, consent: Consent, code: str = "") -> str:
    """Keep a consent, and give the withdrawal code: a new one, or the one given, whose former consent it replaces.

    BadMessage for a self-description outside its lists; ConsentNeeded where neither text nor voice is agreed to, for a
    voice under 18, and for a code that is none; Withdrawn for a code whose contributor has withdrawn.
    """
    _check(consent)
    code = code or new_code()
    contributor = contributor_id(code)
    row = session.get(ContributorRow, contributor)
    if row is None:
        session.add(ContributorRow(id=contributor))
        session.flush()
    elif row.withdrawn_at is not None:
        raise _withdrawn()
    former = current_consent(session, contributor)
    if former is None or any(getattr(former, name) != value for name, value in _columns(consent).items()):
        session.add(ConsentRow(contributor=contributor, **_columns(consent)))
        changed(session, contributor)
    return code


def current_consent(session: Session, contributor: str) -> ConsentRow | None:
    """The contributor's latest consent."""
    latest = select(ConsentRow).where(ConsentRow.contributor == contributor).order_by(ConsentRow.id.desc()).limit(1)
    return session.scalars(latest).one_or_none()


def require(session: Session, contributor: str, *, voice: bool = False) -> ConsentRow:
    """The contributor's consent to keeping texts and ratings or, with `voice`, recordings.

    ConsentNeeded where it is missing, Withdrawn where the contributor has withdrawn.
    """
    row = session.get(ContributorRow, contributor)
    if row is not None and row.withdrawn_at is not None:
        raise _withdrawn()
    consent = current_consent(session, contributor)
    if consent is None:
        raise ConsentNeeded("Nobody has consented with this code.")
    if voice and not (consent.voice and consent.adult):
        raise ConsentNeeded("Recordings need a consent of their own, from somebody of 18 years or older.")
    if not voice and not consent.text:
        raise ConsentNeeded("Ratings and texts need consent.")
    return consent


def _check(consent: Consent) -> None:
    if not (consent.text or consent.voice):
        raise ConsentNeeded("Nothing was agreed to: choose ratings and texts, recordings, or both.")
    if consent.voice and not consent.adult:
        raise ConsentNeeded("Recordings are taken from people of 18 years or older only.")
    profile = consent.profile
    for name, given, known in (
        ("age_band", profile.age_band, get_args(AgeBand)),
        ("gender", profile.gender, get_args(Gender)),
        ("variety", profile.variety, get_args(Variety)),
        ("language", consent.language, ("sn", "en")),
    ):
        if given not in known:
            raise BadMessage(f"`{name}` is one of {', '.join(value or 'nothing' for value in known)}.")
    if len(profile.first_language) > MAX_FIRST_LANGUAGE or "\x00" in profile.first_language:
        raise BadMessage(f"`first_language` has at most {MAX_FIRST_LANGUAGE} characters.")


def _columns(consent: Consent) -> dict[str, Any]:
    """What a row of it holds, besides who and when."""
    chosen = {name: getattr(consent, name) for name in ("version", "language", "licence", "text", "voice", "adult")}
    return chosen | {name: getattr(consent.profile, name) for name in Profile.__slots__}


def _withdrawn() -> Withdrawn:
    return Withdrawn("Whoever has this code has withdrawn: all that they gave is deleted, and nothing more is kept.")
