"""A database in memory and answers of made-up raters."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from inzwa.feedback.report.gather import Gathered, gather
from inzwa.feedback.store.schema import ConsentRow, ContributorRow, ItemRow, RatingRow, Table, TaskRow, TurnRow

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""A Monday, of the ISO week 48."""


class Given:
    """What people gave, row by row."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._numbers = itertools.count(1)

    def rater(self, name: str, **consent: Any) -> str:
        """Somebody who consented."""
        self.session.add(ContributorRow(id=name))
        self.session.flush()
        said = {"version": 1, "language": "sn", "licence": "CC0-1.0", "text": True, "voice": False, "adult": True}
        self.session.add(ConsentRow(contributor=name, **{**said, **consent}))
        self.session.flush()
        return name

    def item(self, kind: str, payload: dict[str, Any] | None = None, **hidden: Any) -> str:
        """An item to judge; its id."""
        row = ItemRow(id=f"item {next(self._numbers)}", kind=kind, payload=payload or {}, hidden=hidden)
        self.session.add(row)
        self.session.flush()
        return row.id

    def answer(self, rater: str, item: str, answer: dict[str, Any], **more: Any) -> None:
        """What they say of it."""
        number = next(self._numbers)
        at = START + timedelta(minutes=number)
        more = {"shown": {}, "answered_at": at, **more}
        self.session.add(
            TaskRow(id=f"task {number}", contributor=rater, item_id=item, drawn_at=at, answer=answer, **more)
        )
        self.session.flush()

    def turn(self, rater: str, verdict: str = "", **more: Any) -> None:
        """A rated turn."""
        number = next(self._numbers)
        models = {"asr": {"model": "whisper"}, "llm": {"model": "gemma"}, "tts": {"model": "rudo"}}
        known = {
            "at": START,
            "heard": "",
            "first_audio_ms": 300,
            "reasons": [],
            "said": "",
            "better": "",
            "comment": "",
        }
        known |= more
        self.session.add(
            TurnRow(
                id=f"turn {number}", contributor=rater, conversation="c", number=number, started_at=known["at"],
                app_version="0", models=models, settings={}, transcript=known["heard"], reply="", outcome="ended",
                latency={"first_audio_ms": known["first_audio_ms"]},
            )
        )  # fmt: skip
        self.session.flush()
        self.session.add(
            RatingRow(
                turn_id=f"turn {number}", contributor=rater, verdict=verdict, reasons=known["reasons"],
                transcript=known["said"], better_reply=known["better"], comment=known["comment"],
            )
        )  # fmt: skip
        self.session.flush()

    def gathered(self) -> Gathered:
        """What the report is made of."""
        return gather(self.session)


@pytest.fixture
def given() -> Iterator[Given]:
    """Nothing yet."""
    engine = create_engine("sqlite://")
    Table.metadata.create_all(engine)
    with Session(engine) as session:
        yield Given(session)
    engine.dispose()
