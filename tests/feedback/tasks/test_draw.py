"""Who is given what: evenly, blind, not their own, nothing twice but some repeats, and what is open stays theirs."""

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inzwa.errors import NoMoreTasks
from inzwa.feedback.store.schema import ItemRow, TaskRow
from inzwa.feedback.tasks.draw import APART, HELD, SKIPPED_FOR
from inzwa.feedback.tasks.items import Item, add_items
from tests.feedback.tasks.evaluators import Evaluator, pairs, reviews, voices


def crowd(session: Session, people: int) -> list[Evaluator]:
    return [Evaluator(session, f"{at:032x}", Random(at)) for at in range(people)]


def test_items_get_answers_evenly(session: Session) -> None:
    """20 people with 10 tasks each over 40 items: every item has 5 answers, give or take the repeats."""
    add_items(session, reviews(40))
    for person in crowd(session, 20):
        person.does(10, "review")
    fresh = select(func.count(TaskRow.id)).where(~TaskRow.repeat).group_by(TaskRow.item_id)
    counts = session.scalars(fresh).all()
    repeats = session.scalar(select(func.count(TaskRow.id)).where(TaskRow.repeat)) or 0
    assert sum(counts) + repeats == 200
    assert len(counts) == 40
    assert min(counts) >= 3
    assert max(counts) <= 6


def test_two_people_at_the_same_time_are_given_different_items(session: Session) -> None:
    add_items(session, reviews(2))
    one, two = crowd(session, 2)
    assert one.draws("review").payload != two.draws("review").payload


def test_a_task_that_somebody_left_open_does_not_keep_its_item_from_others_for_ever(session: Session) -> None:
    add_items(session, reviews(2))
    one, two, three = crowd(session, 3)
    held = one.draws("review").payload
    two.does(1, "review")
    three.now += HELD + timedelta(minutes=1)
    assert three.draws("review").payload == held


def test_the_first_item_is_at_random(session: Session) -> None:
    add_items(session, reviews(10))
    firsts = Counter()
    for person in crowd(session, 60):
        firsts[person.draws("review").payload["text"]] += 1
        session.delete(person.tasks()[0])
    assert len(firsts) == 10
    assert max(firsts.values()) <= 15


def test_anything_is_of_every_kind(session: Session) -> None:
    add_items(session, [*reviews(30), *voices(30), *pairs(30)])
    kinds = Counter(task.kind for task in Evaluator(session).does(60))
    assert min(kinds.values()) >= 10
    assert set(kinds) == {"review", "naturalness", "comparison"}


def test_what_is_open_stays_theirs_until_it_is_answered(session: Session) -> None:
    add_items(session, [*reviews(5), *pairs(5)])
    person = Evaluator(session)
    first = person.draws("review")
    assert person.draws("review").id == first.id
    other = person.draws("comparison")
    assert other.kind == "comparison"
    assert person.draws("review").id == first.id
    person.answers(first)
    assert person.draws("review").id != first.id


def test_nobody_judges_their_own_words(session: Session) -> None:
    person, author = Evaluator(session), Evaluator(session, "b" * 32)
    add_items(session, reviews(3, contributor=author.id))
    assert len({task.payload["text"] for task in person.does(3, "review")}) == 3
    with pytest.raises(NoMoreTasks):
        author.draws("review")


def test_nothing_comes_twice_but_some_repeats_and_those_not_soon(session: Session) -> None:
    add_items(session, [*voices(100), *pairs(100)])
    person = Evaluator(session)
    person.does(150)
    items, tasks = [item.id for item in person.items()], person.tasks()
    repeats = [at for at, task in enumerate(tasks) if task.repeat]
    assert 8 <= len(repeats) <= 23
    for at, item in enumerate(items):
        assert (item in items[:at]) == (at in repeats)
        assert item not in items[max(0, at - APART) : at]
    assert max(Counter(items).values()) == 2


def test_to_correct_a_transcript_twice_is_asked_of_nobody(session: Session) -> None:
    add_items(session, texts("transcript", 60))
    person = Evaluator(session)
    person.does(60, "transcript")
    assert not any(task.repeat for task in person.tasks())
    with pytest.raises(NoMoreTasks):
        person.draws("transcript")


def texts(kind: str, count: int) -> list[Item]:
    return [Item(kind=kind, payload={"text": f"mutsara {at}", "sound": f"{at:064x}"}) for at in range(count)]


def test_about_one_clip_in_ten_is_a_check(session: Session) -> None:
    add_items(session, voices(200, checks=30))
    person = Evaluator(session)
    person.does(150, "naturalness")
    checks = [at for at, item in enumerate(person.items()) if "check" in item.hidden]
    assert 10 <= len(checks) <= 20
    assert min(later - earlier for earlier, later in pairwise(checks)) > 3


def test_checks_alone_are_no_work(session: Session) -> None:
    add_items(session, voices(1, checks=5))
    person = Evaluator(session)
    person.does(1)
    with pytest.raises(NoMoreTasks):
        person.draws()


def test_what_is_seen_tells_no_system_no_check_and_no_name_of_a_file(session: Session) -> None:
    add_items(session, [*voices(40, checks=8), *pairs(40)])
    person = Evaluator(session)
    names = set()
    for view in person.does(60):
        task = session.get_one(TaskRow, view.id)
        item = session.get_one(ItemRow, task.item_id)
        seen = json.dumps([view.id, view.kind, view.payload])
        for secret in ("Secret", "check", "first", "second", item.id, *item.payload.values()):
            assert secret not in view.payload.values()
            assert len(secret) < 2 or secret not in seen
        names.update(view.payload)
        assert view.answer == {}
    assert names == {"sounds"}


def test_a_check_has_the_shape_of_any_other_clip(session: Session) -> None:
    add_items(session, voices(40, checks=8))
    person = Evaluator(session)
    views = person.does(40, "naturalness")
    shapes = {json.dumps(view.payload) for view in views}
    assert any("check" in item.hidden for item in person.items())
    assert len(shapes) == 1


def test_which_of_two_is_a_is_at_random(session: Session) -> None:
    add_items(session, pairs(200))
    person = Evaluator(session)
    person.does(150, "comparison")
    sides = Counter(task.shown["a"] for task in person.tasks())
    assert all(set(task.shown.values()) == {"first", "second"} for task in person.tasks())
    assert 50 <= sides["first"] <= 100


def test_what_was_skipped_comes_back_only_much_later(session: Session) -> None:
    add_items(session, reviews(2))
    person = Evaluator(session)
    skipped = person.draws("review")
    person.skips(skipped)
    other = person.does(1, "review")[0]
    assert other.payload != skipped.payload
    with pytest.raises(NoMoreTasks):
        person.draws("review")
    person.now += SKIPPED_FOR
    again = person.draws("review")
    assert again.payload == skipped.payload
    assert again.id != skipped.id


def test_a_withdrawn_contributors_item_vanishes_also_where_it_was_open(session: Session) -> None:
    person, author = Evaluator(session), Evaluator(session, "b" * 32)
    add_items(session, reviews(1, contributor=author.id))
    open_task = session.get_one(TaskRow, person.draws("review").id)
    item = session.get_one(ItemRow, open_task.item_id)
    session.delete(open_task)
    session.delete(item)
    session.flush()
    with pytest.raises(NoMoreTasks):
        person.draws("review")


def test_an_item_that_was_laid_aside_is_not_drawn(session: Session) -> None:
    add_items(session, reviews(1))
    person = Evaluator(session)
    person.draws("review")
    session.scalars(select(ItemRow)).one().active = False
    with pytest.raises(NoMoreTasks):
        person.draws("review")


def test_progress_counts_what_is_done_and_what_is_left_and_betrays_no_check(session: Session) -> None:
    add_items(session, voices(20, checks=5))
    person = Evaluator(session)
    for done in range(15):
        view = person.draws("naturalness")
        fresh = len(
            {
                item.id
                for item, task in zip(person.items(), person.tasks(), strict=True)
                if task.answered_at and "check" not in item.hidden
            }
        )
        assert view.progress.done == done
        assert view.progress.total == done + 20 - fresh
        person.answers(view)
