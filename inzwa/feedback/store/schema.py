"""The tables. Alembic's migrations in `migrations/` make them; a test holds that both agree.

Every row that belongs to a person carries the contributor's id, so that withdrawing finds all of them.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ID_LENGTH = 32
"""Hexadecimal digits of an id."""


def now() -> datetime:
    """The time now, UTC."""
    return datetime.now(UTC)


class UtcTime(TypeDecorator[datetime]):
    """Times in UTC, with their zone also where the database keeps none (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; ValueError for a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A time needs its zone.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its zone."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """What all tables share."""

    type_annotation_map = {datetime: UtcTime, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012 (SQLAlchemy's own way)


class ContributorRow(Table):
    """Somebody who consented. After withdrawal only this row is left, until what was published is deleted as well."""

    __tablename__ = "contributors"
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    changes: Mapped[int] = mapped_column(default=0)
    """Goes up by one with every change of what they gave."""
    pushed_changes: Mapped[int] = mapped_column(default=0)
    """The value of `changes` that the published dataset has."""


class ConsentRow(Table):
    """One consent; the contributor's latest counts."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    contributor: Mapped[str] = mapped_column(ForeignKey("contributors.id"), index=True)
    given_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(2))
    licence: Mapped[str] = mapped_column(String(20))
    text: Mapped[bool]
    voice: Mapped[bool]
    adult: Mapped[bool]
    age_band: Mapped[str] = mapped_column(String(10), default="")
    gender: Mapped[str] = mapped_column(String(10), default="")
    variety: Mapped[str] = mapped_column(String(20), default="")
    first_language: Mapped[str] = mapped_column(String(40), default="")


class SubmissionRow(Table):
    """An idempotency key that was used: the same message again changes nothing, and gets the same answer."""

    __tablename__ = "submissions"
    contributor: Mapped[str] = mapped_column(ForeignKey("contributors.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    sha256: Mapped[str] = mapped_column(String(64))
    """Over what was submitted: the same key with other content is an error."""


class TurnRow(Table):
    """A turn that was rated."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("contributor", "conversation", "number"),)
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    contributor: Mapped[str] = mapped_column(ForeignKey("contributors.id"), index=True)
    conversation: Mapped[str] = mapped_column(String(ID_LENGTH))
    number: Mapped[int]
    started_at: Mapped[datetime]
    app_version: Mapped[str] = mapped_column(String(40))
    models: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]
    transcript: Mapped[str] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text)
    latency: Mapped[dict[str, Any]]
    outcome: Mapped[str] = mapped_column(String(20))


class RatingRow(Table):
    """What a contributor thinks of a turn; changing it changes this row."""

    __tablename__ = "ratings"
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True)
    contributor: Mapped[str] = mapped_column(ForeignKey("contributors.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    verdict: Mapped[str] = mapped_column(String(4))
    reasons: Mapped[list[str]]
    transcript: Mapped[str] = mapped_column(Text)
    better_reply: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)


class ItemRow(Table):
    """What is judged in a task: texts, and names of sound files in the data folder."""

    __tablename__ = "items"
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    """The beginning of the sha256 over kind, payload and hidden, so that adding it again adds nothing."""
    kind: Mapped[str] = mapped_column(String(20), index=True)
    """naturalness, comparison, transcript, reply, reading, review."""
    payload: Mapped[dict[str, Any]]
    """What the evaluator is shown."""
    hidden: Mapped[dict[str, Any]]
    """What the evaluator is not shown: which system made it, what an attention check expects."""
    contributor: Mapped[str | None] = mapped_column(ForeignKey("contributors.id"), index=True)
    """Whose words or voice it holds; withdrawn with them."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TaskRow(Table):
    """One item given to one contributor, and the answer."""

    __tablename__ = "tasks"
    __table_args__ = (Index("tasks_by_item", "item_id", "contributor"),)
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    contributor: Mapped[str] = mapped_column(ForeignKey("contributors.id"), index=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"))
    shown: Mapped[dict[str, Any]]
    """How it was shown: which side was A."""
    repeat: Mapped[bool] = mapped_column(default=False)
    """Given a second time to the same contributor, to see whether they agree with themselves."""
    drawn_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    skipped: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[dict[str, Any]]
    """Empty until it is answered."""
    passed: Mapped[bool | None]
    """Of an attention check: whether the answer was as expected."""


class RecordingRow(Table):
    """One recording; its sound is a FLAC file in the data folder, named by its sha256."""

    __tablename__ = "recordings"
    __table_args__ = (UniqueConstraint("contributor", "sha256"),)
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    contributor: Mapped[str] = mapped_column(ForeignKey("contributors.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """turn: said to Inzwa; reading: a sentence read aloud."""
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.id", ondelete="SET NULL"), index=True)
    item_id: Mapped[str | None] = mapped_column(ForeignKey("items.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    """What is said in it, as far as it is known."""
    verified: Mapped[bool] = mapped_column(default=False)
    """Whether `text` was read aloud or corrected by a person; else it is a recogniser's."""
    language: Mapped[str] = mapped_column(String(2))
    duration_ms: Mapped[int]
    size_bytes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
