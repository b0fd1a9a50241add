"""Answers are checked by kind, replaced when given again, and only their own evaluator gives them."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, UnknownTask
from inzwa.feedback.store.schema import RecordingRow, TaskRow
from inzwa.feedback.tasks.answers import MAX_TEXT, checked, undo
from inzwa.feedback.tasks.items import KINDS, Item, add_items
from tests.feedback.tasks.evaluators import ANSWERS, Evaluator, reviews, voices


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_answer_is_kept_as_it_was_given(kind: str) -> None:
    assert checked(kind, ANSWERS[kind]) == ANSWERS[kind]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("naturalness", {"naturalness": 0, "intelligibility": 3}),
        ("naturalness", {"naturalness": 6, "intelligibility": 3}),
        ("naturalness", {"naturalness": 3.5, "intelligibility": 3}),
        ("naturalness", {"naturalness": "3", "intelligibility": 3}),
        ("naturalness", {"naturalness": True, "intelligibility": 3}),
        ("naturalness", {"naturalness": 3}),
        ("comparison", {"choice": "c"}),
        ("comparison", {"choice": "a", "why": "x"}),
        ("comparison", {}),
        ("transcript", {"text": "a" * (MAX_TEXT + 1)}),
        ("transcript", {"text": None}),
        ("reply", {"answers": "yes", "shona": 3, "safe": True}),
        ("reading", {"recording": ""}),
        ("review", {"right": 1}),
    ],
)
def test_a_wrong_answer_is_refused_without_being_repeated(kind: str, answer: dict[str, Any]) -> None:
    with pytest.raises(BadMessage) as refused:
        checked(kind, answer)
    assert "a" * 20 not in refused.value.message
    assert len(refused.value.message) < 200


def test_markup_is_text_like_any_other() -> None:
    assert checked("review", {"right": False, "better": "<b>x</b>"})["better"] == "<b>x</b>"


def test_an_answer_may_be_given_again_and_replaces_the_first(session: Session) -> None:
    add_items(session, reviews(3))
    person = Evaluator(session)
    first = person.does(1)[0]
    waiting = person.draws()
    again = undo(session, person.id)
    assert (again.id, again.answer) == (first.id, {"right": True, "better": ""})
    person.answers(again, right=False, better="shoko")
    assert session.get_one(TaskRow, first.id).answer == {"right": False, "better": "shoko"}
    assert person.draws().id == waiting.id
    assert person.draws().progress.done == 1


def test_an_undo_that_nothing_follows_loses_nothing(session: Session) -> None:
    add_items(session, reviews(2))
    person = Evaluator(session)
    first = person.does(1)[0]
    undo(session, person.id)
    undo(session, person.id)
    assert session.get_one(TaskRow, first.id).answer == {"right": True, "better": ""}
    assert person.draws().id != first.id


def test_what_was_skipped_last_can_be_answered_after_all(session: Session) -> None:
    add_items(session, reviews(3))
    person = Evaluator(session)
    person.does(1)
    skipped = person.draws()
    person.skips(skipped)
    assert undo(session, person.id).id == skipped.id
    person.answers(skipped)
    row = session.get_one(TaskRow, skipped.id)
    assert (row.skipped, row.answer) == (False, {"right": True, "better": ""})


def test_there_is_nothing_to_undo_at_first(session: Session) -> None:
    add_items(session, reviews(3))
    person = Evaluator(session)
    person.draws()
    with pytest.raises(UnknownTask):
        undo(session, person.id)


def test_nobody_answers_skips_or_undoes_for_another(session: Session) -> None:
    add_items(session, reviews(3))
    person, other = Evaluator(session), Evaluator(session, "b" * 32)
    task = person.draws()
    for refused in (lambda: other.answers(task), lambda: other.skips(task), lambda: undo(session, other.id)):
        with pytest.raises(UnknownTask):
            refused()
    person.answers(task)


def test_skipping_what_is_answered_takes_no_answer_away(session: Session) -> None:
    add_items(session, reviews(1))
    person = Evaluator(session)
    task = person.does(1)[0]
    person.skips(task)
    row = session.get_one(TaskRow, task.id)
    assert (row.skipped, row.answered_at is None) == (False, False)


@pytest.mark.parametrize(("mark", "right"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_check_is_passed_by_the_marks_that_it_expects(session: Session, mark: int, right: bool) -> None:
    add_items(session, voices(40, checks=4))
    person = Evaluator(session)
    for _ in range(30):
        person.answers(person.draws("naturalness"), naturalness=mark, intelligibility=1)
    outcomes = [
        task.passed for task, item in zip(person.tasks(), person.items(), strict=True) if "check" in item.hidden
    ]
    assert outcomes
    assert set(outcomes) == {right}
    assert {t.passed for t, i in zip(person.tasks(), person.items(), strict=True) if "check" not in i.hidden} == {None}


def test_a_reading_names_a_recording_of_ones_own(session: Session) -> None:
    add_items(session, [Item(kind="reading", payload={"text": "Mhoroi"})])
    person, other = Evaluator(session), Evaluator(session, "b" * 32)
    for owner in (person, other):
        common = {"sha256": "0" * 64, "kind": "reading", "text": "Mhoroi", "language": "sn"}
        session.add(RecordingRow(id=f"r{owner.id[:8]}", contributor=owner.id, duration_ms=1, size_bytes=1, **common))
    session.flush()
    task = person.draws("reading")
    for wrong in ("nothing", f"r{other.id[:8]}"):
        with pytest.raises(BadMessage):
            person.answers(task, recording=wrong)
    person.answers(task, recording=f"r{person.id[:8]}")
