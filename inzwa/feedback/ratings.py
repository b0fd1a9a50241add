"""Ratings of turns: one for each contributor and turn, which may be changed and taken back."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Final, get_args

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from inzwa.errors import BadMessage, TextTooLong
from inzwa.feedback.consents import require
from inzwa.feedback.derived_items import delete_items_about
from inzwa.feedback.records import REASONS, Rating, Reason, TurnRecord, Verdict
from inzwa.feedback.store.schema import ID_LENGTH, RatingRow, RecordingRow, SubmissionRow, TurnRow, now
from inzwa.feedback.submissions import changed, first_time

MAX_TEXT: Final = 2_000
"""Characters in each text of a rating."""


def known_reasons(given: Iterable[str]) -> tuple[Reason, ...]:
    """The reasons of these names, each once, in one order. BadMessage for a name that is none."""
    names = set(given)
    if names - set(REASONS):
        raise BadMessage(f"`reasons` are any of {', '.join(REASONS)}.")
    return tuple(reason for reason in REASONS if reason in names)


def check_rating(rating: Rating) -> None:
    """BadMessage for a verdict or a reason that there is not, TextTooLong for a text of more than MAX_TEXT."""
    if rating.verdict not in get_args(Verdict):
        raise BadMessage("`verdict` is up, down or empty.")
    if set(rating.reasons) - set(REASONS) or len(set(rating.reasons)) != len(rating.reasons):
        raise BadMessage(f"`reasons` are any of {', '.join(REASONS)}, each once.")
    for name in ("transcript", "better_reply", "comment"):
        check_text(name, getattr(rating, name))


def check_text(name: str, text: str) -> None:
    """TextTooLong for more than MAX_TEXT characters, BadMessage for one that no database keeps."""
    if len(text) > MAX_TEXT:
        raise TextTooLong(f"`{name}` has {len(text)} characters; {MAX_TEXT} are taken.")
    if "\x00" in text:
        raise BadMessage(f"`{name}` holds the character U+0000.")


def rate(session: Session, contributor: str, turn: TurnRecord, rating: Rating, key: str) -> None:
    """Keep what the contributor thinks of the turn, with the turn; an empty rating takes an earlier one back.

    ConsentNeeded, Withdrawn; BadMessage and TextTooLong as `check_rating` and `first_time`. Sent again with its key it
    changes nothing.
    """
    check_rating(rating)
    require(session, contributor)
    if not first_time(session, contributor, key, _content(turn.conversation, turn.number, rating)):
        return
    if rating.empty:
        _take_back(session, contributor, turn_id(contributor, turn))
    else:
        _keep(session, keep_turn(session, contributor, turn), rating)
    changed(session, contributor)


def turn_id(contributor: str, turn: TurnRecord) -> str:
    """The id of the turn's row: the same for each rating of it by this contributor."""
    name = f"{contributor} {turn.conversation} {turn.number}"
    return hashlib.sha256(name.encode()).hexdigest()[:ID_LENGTH]


def keep_turn(session: Session, contributor: str, turn: TurnRecord) -> TurnRow:
    """The turn's row, as the turn is now; the contributor has consented."""
    row = session.get(TurnRow, turn_id(contributor, turn)) or TurnRow(id=turn_id(contributor, turn))
    values = asdict(turn)
    values["started_at"] = datetime.fromtimestamp(turn.started_at, UTC)
    for name in ("transcript", "reply"):
        values[name] = values[name].replace("\x00", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL keeps none
    for name, value in values.items():
        setattr(row, name, value)
    row.contributor = contributor
    session.add(row)
    session.flush()
    return row


def stored_turn(session: Session, contributor: str, conversation: str, number: int) -> TurnRecord | None:
    """A turn that this contributor has rated or recorded before, as it was kept: so that a rating can still change."""
    row = session.scalars(
        select(TurnRow).where(
            TurnRow.contributor == contributor, TurnRow.conversation == conversation, TurnRow.number == number
        )
    ).one_or_none()
    if row is None:
        return None
    values = {field.name: getattr(row, field.name) for field in fields(TurnRecord)}
    return TurnRecord(**values | {"started_at": row.started_at.timestamp()})


def was_rated(session: Session, contributor: str, conversation: str, number: int, *, rating: Rating, key: str) -> bool:
    """Whether just this came with this key before: a rating that was taken back has left no turn to find it by."""
    row = session.get(SubmissionRow, (contributor, key))
    return row is not None and row.sha256 == hashlib.sha256(_content(conversation, number, rating)).hexdigest()


def _keep(session: Session, turn: TurnRow, rating: Rating) -> None:
    row = session.get(RatingRow, turn.id) or RatingRow(turn_id=turn.id, contributor=turn.contributor)
    for name, value in (asdict(rating) | {"reasons": list(rating.reasons), "updated_at": now()}).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def _take_back(session: Session, contributor: str, turn: str) -> None:
    """Delete the rating, what others judge of the turn, and the turn itself unless a recording of it is kept."""
    delete_items_about(session, contributor, turn)
    session.execute(delete(RatingRow).where(RatingRow.turn_id == turn))
    recorded = exists(select(RecordingRow.id).where(RecordingRow.turn_id == turn))
    session.execute(delete(TurnRow).where(TurnRow.id == turn, ~recorded))


def _content(conversation: str, number: int, rating: Rating) -> bytes:
    """What makes one submission differ from another."""
    return json.dumps([conversation, number, asdict(rating)], sort_keys=True).encode()
