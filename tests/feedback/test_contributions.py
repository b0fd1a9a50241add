"""Recordings: of a turn or of a sentence, once by their sound, listed, and removed with all that hangs on them."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, ConsentNeeded, FeedbackUnavailable, TextTooLong, UnknownTask, UnknownTurn
from inzwa.feedback.contributions import Contribution, SavedSound, contribute, list_recordings, remove_recording
from inzwa.feedback.overview import overview
from inzwa.feedback.ratings import rate
from inzwa.feedback.recordings import save_sound
from inzwa.feedback.records import Rating
from inzwa.feedback.store.schema import ContributorRow, ItemRow, RecordingRow, TaskRow, TurnRow
from inzwa.feedback.store.store import Store
from tests.feedback.giving import TURN, consenting


def saved(store: Store, level: int = 1) -> SavedSound:
    """A file in the data folder."""
    sha256, size = save_sound(store.folder, level.to_bytes(2, "little") * 16_000, quota_mb=1)
    return SavedSound(sha256=sha256, size_bytes=size, duration_ms=1_000)


def of_turn(store: Store, **changed: object) -> Contribution:
    return Contribution(**{"kind": "turn", "sound": saved(store), "turn": TURN, **changed})


def give(store: Store, who: str, contribution: Contribution, key: str = "1") -> str:
    return store.write_now(lambda session: contribute(session, store.folder, who, contribution, key))


def speaker(store: Store, **chosen: object) -> str:
    return store.write_now(lambda session: consenting(session, **{"voice": True, **chosen}))


def reading(session: Session, who: str) -> str:
    """The id of a task of theirs to read a sentence aloud."""
    session.add(ItemRow(id="i", kind="reading", payload={"text": "Mhoroi mose."}, hidden={}))
    session.flush()
    session.add(TaskRow(id="t", contributor=who, item_id="i", shown={}, answer={}))
    return "t"


def only(store: Store) -> RecordingRow:
    return store.read_now(lambda session: session.scalars(select(RecordingRow)).one())


def count(store: Store, table: type) -> int:
    return store.read_now(lambda session: session.scalar(select(func.count()).select_from(table))) or 0


@pytest.mark.parametrize(
    ("text", "kept", "verified"),
    [("", TURN.transcript, False), (f" {TURN.transcript}", TURN.transcript, False), ("mhoroi", "mhoroi", True)],
)
def test_a_text_is_a_persons_where_it_differs_from_what_was_heard(
    store: Store, text: str, kept: str, verified: bool
) -> None:
    give(store, speaker(store), of_turn(store, text=text))
    assert (only(store).text, only(store).verified) == (kept, verified)
    assert count(store, TurnRow) == 1


def test_without_consent_to_texts_the_turn_itself_is_not_kept(store: Store) -> None:
    give(store, speaker(store, text=False), of_turn(store))
    assert only(store).turn_id is None
    assert count(store, TurnRow) == 0


def test_a_sentence_that_was_read_aloud_is_its_text(store: Store) -> None:
    who = speaker(store)
    task = store.write_now(lambda session: reading(session, who))
    give(store, who, Contribution(kind="reading", sound=saved(store), task=task))
    assert (only(store).text, only(store).verified, only(store).item_id) == ("Mhoroi mose.", True, "i")


def test_the_same_sound_is_one_recording_by_whatever_key(store: Store) -> None:
    who = speaker(store)
    assert len({give(store, who, of_turn(store), key) for key in ("1", "1", "2")}) == 1
    assert count(store, RecordingRow) == 1
    with pytest.raises(BadMessage, match="new key"):
        give(store, who, of_turn(store, sound=saved(store, 2)), "1")


def test_what_cannot_be_contributed_is_refused_and_leaves_nothing(store: Store) -> None:
    who, other = speaker(store), speaker(store)
    task = store.write_now(lambda session: reading(session, other))
    lost = SavedSound(sha256="0" * 64, size_bytes=1, duration_ms=1)
    for person, contribution, error in (
        (speaker(store, voice=False), of_turn(store), ConsentNeeded),
        (who, of_turn(store, turn=None), UnknownTurn),
        (who, of_turn(store, text="a" * 2_001), TextTooLong),
        (who, of_turn(store, sound=lost), FeedbackUnavailable),
        (who, Contribution(kind="reading", sound=saved(store), task=task), UnknownTask),
        (who, Contribution(kind="reading", sound=saved(store)), UnknownTask),
    ):
        with pytest.raises(error):
            give(store, person, contribution)
    assert count(store, RecordingRow) == count(store, TurnRow) == 0


def test_recordings_are_listed_with_what_else_is_held(store: Store) -> None:
    who = speaker(store)
    recording = give(store, who, of_turn(store))
    held = store.read_now(lambda session: overview(session, who))
    assert [each["recording"] for each in held["recordings"]] == [recording]
    assert (held["counts"]["recordings"], held["consent"]["voice"]) == (1, True)


def test_a_removed_recording_takes_its_turn_and_what_was_judged_of_it_along(store: Store) -> None:
    who, other = speaker(store), speaker(store)
    recording = give(store, who, of_turn(store))

    def judged(session: Session) -> None:
        hidden = {"recording": recording}
        session.add(ItemRow(id="i", kind="transcript", payload={}, hidden=hidden, contributor=who))
        session.flush()
        session.add(TaskRow(id="t", contributor=other, item_id="i", shown={}, answer={"text": "words"}))

    store.write_now(judged)
    changes = store.read_now(lambda session: session.get_one(ContributorRow, who).changes)
    assert store.write_now(lambda session: remove_recording(session, other, recording)) == frozenset()
    assert store.write_now(lambda session: remove_recording(session, who, recording)) == {saved(store).sha256}
    assert store.write_now(lambda session: remove_recording(session, who, recording)) == frozenset()
    assert [count(store, table) for table in (RecordingRow, TurnRow, ItemRow, TaskRow)] == [0, 0, 0, 0]
    assert store.read_now(lambda session: list_recordings(session, who)) == []
    assert store.read_now(lambda session: session.get_one(ContributorRow, who).changes) == changes + 1


def test_a_turn_that_was_rated_stays_when_its_recording_goes_and_the_other_way_round(store: Store) -> None:
    who = speaker(store)
    recording = give(store, who, of_turn(store))
    store.write_now(lambda session: rate(session, who, TURN, Rating(verdict="up"), "2"))
    store.write_now(lambda session: rate(session, who, TURN, Rating(), "3"))
    assert count(store, TurnRow) == 1
    store.write_now(lambda session: rate(session, who, TURN, Rating(verdict="up"), "4"))
    store.write_now(lambda session: remove_recording(session, who, recording))
    assert count(store, TurnRow) == 1
