"""Withdrawing deletes everything of one contributor's and nothing of anybody else's."""

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from inzwa.feedback.ratings import rate
from inzwa.feedback.records import Rating
from inzwa.feedback.store.schema import ContributorRow, ItemRow, RatingRow, RecordingRow, Table, TaskRow, now
from inzwa.feedback.store.store import Store
from inzwa.feedback.withdrawal import gathered, withdraw
from tests.feedback.giving import TURN, consenting

NOTHING = {"ratings": 0, "turns": 0, "judgements": 0, "recordings": 0, "consents": 0}


def giving_all(session: Session, sound: str) -> str:
    """The id of somebody who gave one of each."""
    who = consenting(session, voice=True)
    rate(session, who, TURN, Rating(verdict="up"), "1")
    session.add(ItemRow(id=f"i{who[:8]}", kind="transcript", payload={"sound": sound}, hidden={}, contributor=who))
    session.flush()
    session.add(
        TaskRow(id=f"t{who[:8]}", contributor=who, item_id=f"i{who[:8]}", shown={}, answer={}, answered_at=now())
    )
    recording = {"kind": "turn", "text": "", "language": "sn", "duration_ms": 1, "size_bytes": 1}
    session.add(RecordingRow(id=f"r{who[:8]}", contributor=who, sha256=sound, item_id=f"i{who[:8]}", **recording))
    session.flush()
    return who


def rows_of(session: Session, contributor: str) -> dict[str, int]:
    """Rows that carry this contributor, in whatever table, by its name."""
    tables = [table for table in Table.metadata.sorted_tables if "contributor" in table.c]
    counts = {
        table.name: session.scalar(select(func.count()).select_from(table).where(table.c.contributor == contributor))
        for table in tables
    }
    return {name: found for name, found in counts.items() if found}


def test_everything_of_theirs_goes_and_nothing_of_another(store: Store) -> None:
    who = store.write_now(lambda session: giving_all(session, "a" * 64))
    other = store.write_now(lambda session: giving_all(session, "b" * 64))
    before = store.read_now(lambda session: rows_of(session, other))
    assert store.read_now(lambda session: set(inspect(session.connection()).get_table_names())) >= set(before)
    done = store.write_now(lambda session: withdraw(session, who))
    assert done.counts == dict.fromkeys(NOTHING, 1)
    assert (done.sounds, done.published) == ({"a" * 64}, False)
    assert store.read_now(lambda session: rows_of(session, who)) == {}
    assert store.read_now(lambda session: rows_of(session, other)) == before
    left = store.read_now(lambda session: session.get_one(ContributorRow, who))
    assert left.withdrawn_at is not None


def test_what_others_answered_about_their_voice_goes_with_it(store: Store) -> None:
    def judged(session: Session) -> tuple[str, str]:
        who, other = giving_all(session, "a" * 64), consenting(session)
        session.add(TaskRow(id="t", contributor=other, item_id=f"i{who[:8]}", shown={}, answer={"text": "words"}))
        return who, other

    who, other = store.write_now(judged)
    changes = store.read_now(lambda session: session.get_one(ContributorRow, other).changes)
    store.write_now(lambda session: withdraw(session, who))
    assert store.read_now(lambda session: session.scalar(select(func.count()).select_from(TaskRow))) == 0
    assert store.read_now(lambda session: session.get_one(ContributorRow, other).changes) == changes + 1


def test_a_task_that_is_still_open_is_no_judgement(store: Store) -> None:
    def with_an_open_task(session: Session) -> str:
        who = giving_all(session, "a" * 64)
        session.add(TaskRow(id="open", contributor=who, item_id=f"i{who[:8]}", shown={}, answer={}))
        return who

    who = store.write_now(with_an_open_task)
    assert store.read_now(lambda session: gathered(session, who)["judgements"]) == 1


def test_a_sound_that_somebody_else_gave_as_well_is_not_to_be_deleted(store: Store) -> None:
    who = store.write_now(lambda session: giving_all(session, "a" * 64))
    store.write_now(lambda session: giving_all(session, "a" * 64))
    assert store.write_now(lambda session: withdraw(session, who)).sounds == frozenset()


def test_withdrawing_twice_changes_nothing_more(store: Store) -> None:
    who = store.write_now(lambda session: giving_all(session, "a" * 64))
    store.write_now(lambda session: withdraw(session, who))
    first = store.read_now(lambda session: session.get_one(ContributorRow, who))
    assert store.write_now(lambda session: withdraw(session, who)).counts == NOTHING
    again = store.read_now(lambda session: session.get_one(ContributorRow, who))
    assert (again.withdrawn_at, again.changes) == (first.withdrawn_at, first.changes)


def test_what_was_published_is_said_to_be_deleted_there_as_well(store: Store) -> None:
    def published(session: Session) -> str:
        who = giving_all(session, "a" * 64)
        row = session.get_one(ContributorRow, who)
        row.pushed_changes = row.changes
        return who

    who = store.write_now(published)
    done = store.write_now(lambda session: withdraw(session, who))
    row = store.read_now(lambda session: session.get_one(ContributorRow, who))
    assert done.published
    assert row.changes > row.pushed_changes


def test_what_is_held_is_counted(store: Store) -> None:
    who = store.write_now(lambda session: giving_all(session, "a" * 64))
    assert store.read_now(lambda session: gathered(session, who)) == dict.fromkeys(NOTHING, 1)
    assert store.read_now(lambda session: session.scalar(select(func.count()).select_from(RatingRow))) == 1
