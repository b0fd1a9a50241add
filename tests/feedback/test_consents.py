"""Nothing without consent; a voice needs one of its own, and an adult."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, ConsentNeeded, Withdrawn
from inzwa.feedback.codes import contributor_id, new_code
from inzwa.feedback.consents import current_consent, give_consent, require
from inzwa.feedback.records import Profile
from inzwa.feedback.store.schema import ConsentRow, ContributorRow
from inzwa.feedback.store.store import Store
from inzwa.feedback.withdrawal import withdraw
from tests.feedback.giving import consent


def test_a_consent_gives_a_code_that_finds_it_again(store: Store) -> None:
    given = consent(profile=Profile(age_band="30-39", gender="female", variety="zezuru", first_language="chiShona"))
    code = store.write_now(lambda session: give_consent(session, given))
    row = store.read_now(lambda session: require(session, contributor_id(code)))
    assert (row.version, row.licence, row.text, row.voice, row.adult) == (1, "CC0-1.0", True, False, True)
    assert (row.age_band, row.gender, row.variety, row.first_language) == ("30-39", "female", "zezuru", "chiShona")


def test_the_code_itself_is_not_stored(on_sqlite: Store) -> None:
    code = on_sqlite.write_now(lambda session: give_consent(session, consent()))
    stored = b"".join(path.read_bytes() for path in on_sqlite.folder.iterdir())
    assert contributor_id(code).encode() in stored
    assert code.encode() not in stored
    assert code.replace("-", "").encode() not in stored


def test_a_later_consent_of_the_same_code_replaces_the_former(store: Store) -> None:
    def change(session: Session) -> str:
        code = give_consent(session, consent(voice=True))
        assert give_consent(session, consent(), code.lower().replace("-", " ")) is not None
        return contributor_id(code)

    contributor = store.write_now(change)
    assert not store.read_now(lambda session: require(session, contributor)).voice
    with pytest.raises(ConsentNeeded, match="of their own"):
        store.read_now(lambda session: require(session, contributor, voice=True))


def test_the_same_consent_again_adds_nothing(store: Store) -> None:
    code = new_code()
    for _ in range(3):
        assert store.write_now(lambda session: give_consent(session, consent(), code)) == code
    assert store.read_now(lambda session: session.scalar(select(func.count()).select_from(ConsentRow))) == 1
    assert store.read_now(lambda session: session.scalar(select(ContributorRow.changes))) == 1


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({"text": False, "voice": False}, ConsentNeeded),
        ({"voice": True, "adult": False}, ConsentNeeded),
        ({"language": "xx"}, BadMessage),
        ({"profile": Profile(age_band="5")}, BadMessage),
        ({"profile": Profile(gender="x")}, BadMessage),
        ({"profile": Profile(variety="x")}, BadMessage),
        ({"profile": Profile(first_language="x" * 41)}, BadMessage),
    ],
)
def test_what_cannot_be_agreed_to_is_refused_and_leaves_nothing(store: Store, chosen: dict, error: type) -> None:
    with pytest.raises(error):
        store.write_now(lambda session: give_consent(session, consent(**chosen)))
    assert store.read_now(lambda session: session.scalar(select(func.count()).select_from(ContributorRow))) == 0


@pytest.mark.parametrize("code", ["x", "O" * 25, "A" * 24, "' OR 1=1 --"])
def test_a_code_that_is_none_is_refused(store: Store, code: str) -> None:
    with pytest.raises(ConsentNeeded):
        store.write_now(lambda session: give_consent(session, consent(), code))


def test_nobody_is_asked_for_by_a_code_that_was_never_given(store: Store) -> None:
    contributor = contributor_id(new_code())
    assert store.read_now(lambda session: current_consent(session, contributor)) is None
    with pytest.raises(ConsentNeeded):
        store.read_now(lambda session: require(session, contributor))


def test_a_voice_alone_gives_no_consent_to_ratings(store: Store) -> None:
    code = store.write_now(lambda session: give_consent(session, consent(text=False, voice=True)))
    assert store.read_now(lambda session: require(session, contributor_id(code), voice=True)).voice
    with pytest.raises(ConsentNeeded):
        store.read_now(lambda session: require(session, contributor_id(code)))


def test_after_withdrawal_the_code_gives_no_consent_any_more(store: Store) -> None:
    code = store.write_now(lambda session: give_consent(session, consent()))
    store.write_now(lambda session: withdraw(session, contributor_id(code)))
    with pytest.raises(Withdrawn):
        store.write_now(lambda session: give_consent(session, consent(), code))
    with pytest.raises(Withdrawn):
        store.read_now(lambda session: require(session, contributor_id(code)))
