"""What is deleted is gone from the files of an SQLite database, too: from its free pages and its write-ahead log."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.ratings import rate
from inzwa.feedback.records import Rating
from inzwa.feedback.store.schema import RatingRow
from inzwa.feedback.store.store import Store
from inzwa.feedback.withdrawal import withdraw
from tests.feedback.giving import TURN, consenting, somebody

COMMENT = "ndiri kutaura zvangu"


def held(store: Store) -> list[str]:
    """The files of the data folder that hold the comment."""
    return [path.name for path in store.folder.iterdir() if COMMENT.encode() in path.read_bytes()]


def commented(session: Session) -> str:
    """Somebody who rated a turn with that comment."""
    who = consenting(session)
    rate(session, who, TURN, Rating(verdict="down", comment=COMMENT), "1")
    return who


async def test_after_withdrawal_no_file_of_the_database_holds_what_was_said(on_sqlite: Store) -> None:
    who = await on_sqlite.write(commented)
    assert held(on_sqlite)
    await on_sqlite.write(lambda session: withdraw(session, who))
    assert held(on_sqlite) == []


async def test_a_rating_that_is_taken_back_leaves_the_files_at_once(on_sqlite: Store) -> None:
    who = await on_sqlite.write(commented)
    await on_sqlite.write(lambda session: rate(session, who, TURN, Rating(), "2"))
    assert held(on_sqlite) == []


async def test_a_reader_at_that_moment_delays_it_until_the_next_change(on_sqlite: Store) -> None:
    who = await on_sqlite.write(commented)

    def while_reading(session: Session) -> list[str]:
        session.scalars(select(RatingRow.comment)).all()
        on_sqlite.write_now(lambda writing: withdraw(writing, who))
        return held(on_sqlite)

    assert await on_sqlite.read(while_reading)
    await somebody(on_sqlite)
    assert held(on_sqlite) == []
