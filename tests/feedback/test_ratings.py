"""One rating a contributor and turn: changed, taken back, and counted once however often it is sent."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, ConsentNeeded, RateLimited, TextTooLong, Withdrawn
from inzwa.feedback import submissions
from inzwa.feedback.ratings import check_rating, rate, turn_id
from inzwa.feedback.records import Rating
from inzwa.feedback.store.schema import ContributorRow, ItemRow, RatingRow, TaskRow, TurnRow
from inzwa.feedback.store.store import Store
from inzwa.feedback.submissions import first_time
from inzwa.feedback.withdrawal import withdraw
from tests.feedback.giving import TURN, consenting, somebody

DOWN = Rating(verdict="down", reasons=("misheard", "too_slow"), transcript="mhoro <b>shamwari</b> & 'vamwe'")


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_rating_is_kept_with_its_turn_word_for_word(store: Store) -> None:
    contributor = await somebody(store)
    await store.write(lambda session: rate(session, contributor, TURN, DOWN, "1"))
    turn, rating = await store.read(lambda session: session.execute(select(TurnRow, RatingRow).join(RatingRow)).one())
    assert (turn.transcript, turn.reply, turn.models, turn.settings) == (
        TURN.transcript, TURN.reply, TURN.models, TURN.settings)  # fmt: skip
    assert turn.started_at.timestamp() == TURN.started_at
    assert (rating.verdict, rating.reasons, rating.transcript) == ("down", ["misheard", "too_slow"], DOWN.transcript)


async def test_another_rating_of_the_turn_replaces_the_one_before(store: Store) -> None:
    contributor = await somebody(store)
    await store.write(lambda session: rate(session, contributor, replace(TURN, outcome=""), DOWN, "1"))
    await store.write(lambda session: rate(session, contributor, TURN, Rating(verdict="up"), "2"))
    turn, rating = await store.read(lambda session: session.execute(select(TurnRow, RatingRow).join(RatingRow)).one())
    assert (turn.outcome, rating.verdict, rating.reasons, rating.transcript) == ("ended", "up", [], "")


async def test_a_message_that_comes_again_late_does_not_undo_a_later_one(store: Store) -> None:
    contributor = await somebody(store)
    for rating, key in ((DOWN, "1"), (Rating(verdict="up"), "2"), (DOWN, "1")):
        await store.write(lambda session, rating=rating, key=key: rate(session, contributor, TURN, rating, key))
    assert await store.read(lambda session: session.scalars(select(RatingRow.verdict)).all()) == ["up"]
    assert await store.read(lambda session: session.scalar(select(ContributorRow.changes))) == 3


@pytest.mark.parametrize("other", [replace(TURN, number=2), replace(TURN, conversation="d" * 32), TURN])
async def test_a_key_that_comes_with_other_content_is_refused(store: Store, other) -> None:
    contributor = await somebody(store)
    await store.write(lambda session: rate(session, contributor, TURN, DOWN, "1"))
    rating = Rating(verdict="up") if other == TURN else DOWN
    with pytest.raises(BadMessage, match="new key"):
        await store.write(lambda session: rate(session, contributor, other, rating, "1"))
    assert await store.read(lambda session: session.scalars(select(RatingRow.verdict)).all()) == ["down"]


async def test_two_people_may_use_the_same_key_for_the_same_turn(store: Store) -> None:
    for _ in range(2):
        contributor = await somebody(store)
        await store.write(lambda session, who=contributor: rate(session, who, TURN, DOWN, "1"))
    assert await store.read(lambda session: count(session, RatingRow)) == 2


async def test_a_rating_that_is_taken_back_leaves_neither_itself_nor_the_turn_nor_a_task_about_it(store: Store) -> None:
    contributor, other = await somebody(store), await somebody(store)

    def judged(session: Session) -> None:
        rate(session, contributor, TURN, DOWN, "1")
        hidden = {"turn": turn_id(contributor, TURN)}
        session.add(ItemRow(id="i", kind="reply", payload={}, hidden=hidden, contributor=contributor))
        session.flush()
        session.add(TaskRow(id="t", contributor=other, item_id="i", shown={}, answer={"safe": True}))

    await store.write(judged)
    await store.write(lambda session: rate(session, contributor, TURN, Rating(), "2"))
    for table in (RatingRow, TurnRow, ItemRow, TaskRow):
        assert await store.read(lambda session, table=table: count(session, table)) == 0
    assert await store.read(lambda session: session.get_one(ContributorRow, other).changes) == 2


async def test_taking_back_what_was_never_given_is_no_error(store: Store) -> None:
    contributor = await somebody(store)
    await store.write(lambda session: rate(session, contributor, TURN, Rating(), "1"))
    assert await store.read(lambda session: count(session, TurnRow)) == 0


async def test_without_consent_to_texts_nothing_is_kept(store: Store) -> None:
    voice_only = await somebody(store, text=False, voice=True)
    for contributor in (voice_only, "0" * 32):
        with pytest.raises(ConsentNeeded):
            await store.write(lambda session, who=contributor: rate(session, who, TURN, DOWN, "1"))
    assert await store.read(lambda session: count(session, TurnRow) + count(session, RatingRow)) == 0


async def test_after_withdrawal_no_rating_is_taken(store: Store) -> None:
    contributor = await somebody(store)
    await store.write(lambda session: withdraw(session, contributor))
    with pytest.raises(Withdrawn):
        await store.write(lambda session: rate(session, contributor, TURN, DOWN, "1"))


@pytest.mark.parametrize(
    ("rating", "error"),
    [
        (Rating(verdict="sideways"), BadMessage),
        (Rating(reasons=("boring",)), BadMessage),
        (Rating(reasons=("other", "other")), BadMessage),
        (Rating(comment="a" * 2_001), TextTooLong),
        (Rating(transcript="a" * 100_000), TextTooLong),
        (Rating(better_reply="\x00"), BadMessage),
    ],
)
def test_a_rating_that_cannot_be_is_refused(rating: Rating, error: type) -> None:
    with pytest.raises(error):
        check_rating(rating)


def test_a_rating_of_the_greatest_length_passes() -> None:
    check_rating(Rating(comment="ñ" * 2_000, transcript="a" * 2_000, better_reply="a" * 2_000, verdict="up"))


@pytest.mark.parametrize("key", ["", "k" * 65, "\x00"])
def test_a_key_of_another_length_is_refused(store: Store, key: str) -> None:
    with pytest.raises(BadMessage, match="key"):
        store.write_now(lambda session: first_time(session, consenting(session), key, b""))


def test_nobody_gives_more_in_a_day_than_anybody_could(store: Store) -> None:
    def flood(session: Session) -> None:
        contributor = consenting(session)
        session.get_one(ContributorRow, contributor).changes = submissions.MOST_A_DAY
        for number in range(submissions.MOST_A_DAY):
            session.add(submissions.SubmissionRow(contributor=contributor, key=str(number), sha256=""))
        session.flush()
        with pytest.raises(RateLimited):
            first_time(session, contributor, "one more", b"")

    store.write_now(flood)
