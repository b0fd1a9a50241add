"""What the report is made of, read in a few queries: ratings of turns, answers to tasks, and who gave them.

Only of contributors whose latest consent covers texts and ratings, and who have not withdrawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.feedback.export.summary import DESCRIPTIONS
from inzwa.feedback.records import REASONS, Reason
from inzwa.feedback.store.schema import ConsentRow, ContributorRow, ItemRow, RatingRow, RecordingRow, TaskRow, TurnRow

MOST_FAILED: Final = 1 / 3
"""Of the attention checks that a rater answered; who failed a larger share does not count as a listener."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedTurn:
    """One turn, as its contributor rated it."""

    contributor: str
    at: datetime
    """When the turn began."""
    verdict: str
    """up, down, or empty."""
    reasons: tuple[Reason, ...]
    models: dict[str, str]
    """Stage to the name of its model."""
    first_audio_ms: int | None
    """Milliseconds from the end of speech to the first sound."""
    heard: str
    said: str
    """The corrected transcript; empty where nothing was corrected."""
    better: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One item, as one contributor judged it."""

    contributor: str
    at: datetime
    item: str
    kind: str
    answer: dict[str, Any]
    payload: dict[str, Any]
    hidden: dict[str, Any]
    shown: dict[str, Any]
    repeat: bool
    passed: bool | None
    """Of an attention check; None for every other item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All of it, and when it was given: the oldest first."""

    turns: tuple[RatedTurn, ...] = ()
    answers: tuple[Answered, ...] = ()
    """Without what was skipped."""
    profiles: tuple[dict[str, str], ...] = ()
    """How each contributor describes themselves: column of DESCRIPTIONS to value, empty where they do not say."""
    recordings: int = 0
    recorded_ms: int = 0
    """Milliseconds."""
    skipped: int = 0
    """Tasks."""
    withdrawn: int = 0
    """Contributors."""

    @property
    def inattentive(self) -> frozenset[str]:
        """Contributors who failed more than MOST_FAILED of the attention checks that they answered."""
        checks = [(each.contributor, each.passed) for each in self.answers if each.passed is not None]
        failed = {rater: [not passed for who, passed in checks if who == rater] for rater, _ in checks}
        return frozenset(rater for rater, found in failed.items() if sum(found) > MOST_FAILED * len(found))

    def judged(self, kind: str) -> list[Answered]:
        """Answers to tasks of one kind: first answers, no attention checks."""
        return [each for each in self.answers if each.kind == kind and each.passed is None and not each.repeat]


def gather(session: Session) -> Gathered:
    """Everything that is there now; what people wrote is as they wrote it."""
    consents = _consents(session)
    texts = {contributor for contributor, consent in consents.items() if consent.text}
    durations = list(session.scalars(select(RecordingRow.duration_ms)))
    tasks = [(task, item) for task, item in _tasks(session) if task.contributor in texts]
    answered = (_answered(task, item) for task, item in tasks if task.answered_at is not None and not task.skipped)
    return Gathered(
        turns=tuple(_turns(session, texts)),
        answers=tuple(sorted(answered, key=lambda each: each.at)),
        profiles=tuple({name: getattr(row, name) for name in DESCRIPTIONS} for row in consents.values()),
        recordings=len(durations),
        recorded_ms=sum(durations),
        skipped=sum(task.skipped for task, _ in tasks),
        withdrawn=len(session.scalars(select(ContributorRow.id).where(ContributorRow.withdrawn_at.is_not(None))).all()),
    )


def _consents(session: Session) -> dict[str, ConsentRow]:
    """Contributor to their latest consent, of those who have not withdrawn."""
    found = session.scalars(
        select(ConsentRow)
        .join(ContributorRow, ContributorRow.id == ConsentRow.contributor)
        .where(ContributorRow.withdrawn_at.is_(None))
        .order_by(ConsentRow.id)
    )
    return {row.contributor: row for row in found}


def _tasks(session: Session) -> Iterable[tuple[TaskRow, ItemRow]]:
    rows = session.execute(
        select(TaskRow, ItemRow).join(ItemRow, ItemRow.id == TaskRow.item_id).order_by(TaskRow.drawn_at, TaskRow.id)
    )
    return [(task, item) for task, item in rows]


def _answered(task: TaskRow, item: ItemRow) -> Answered:
    return Answered(
        contributor=task.contributor,
        at=task.answered_at or task.drawn_at,
        item=item.id,
        kind=item.kind,
        answer=task.answer,
        payload=item.payload,
        hidden=item.hidden,
        shown=task.shown,
        repeat=task.repeat,
        passed=task.passed,
    )


def _turns(session: Session, contributors: set[str]) -> Iterable[RatedTurn]:
    rows = session.execute(
        select(TurnRow, RatingRow)
        .join(RatingRow, RatingRow.turn_id == TurnRow.id)
        .order_by(TurnRow.started_at, TurnRow.id)
    )
    return [_turn(turn, rating) for turn, rating in rows if turn.contributor in contributors]


def _turn(turn: TurnRow, rating: RatingRow) -> RatedTurn:
    return RatedTurn(
        contributor=turn.contributor,
        at=turn.started_at,
        verdict=rating.verdict,
        reasons=tuple(reason for reason in REASONS if reason in rating.reasons),
        models={stage: str(model.get("model", "")) for stage, model in turn.models.items()},
        first_audio_ms=turn.latency.get("first_audio_ms"),
        heard=turn.transcript,
        said=rating.transcript,
        better=rating.better_reply,
        comment=rating.comment,
    )
