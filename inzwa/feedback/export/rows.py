"""Rows of the tables from the database: of one contributor, as far as their latest consent covers them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.tables import AnyRow, Consent, Item, Judgement, Rating, Recording, Withdrawal
from inzwa.feedback.store.schema import ConsentRow, ContributorRow, ItemRow, RatingRow, RecordingRow, TaskRow, TurnRow

STAGES: Final = ("vad", "asr", "llm", "tts")
SOUNDS: Final = ("sound", "first", "second")
"""Where an item's payload names a sound."""
ANSWERS: Final = (
    *("naturalness", "intelligibility", "choice", "text", "answers", "shona", "safe", "right", "better", "recording"),
)
"""What an answer may hold: columns of a judgement."""
LATENCIES: Final = ("asr_ms", "llm_first_token_ms", "tts_first_audio_ms", "first_audio_ms", "total_ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributorData:
    """All that one contributor lets be published."""

    contributor: str
    """Empty for what is nobody's: the items of whoever runs Inzwa."""
    changes: int
    """Of the contributor's row, when this was read."""
    tables: dict[str, tuple[AnyRow, ...]]
    """Name of a table to its rows; no table is empty."""


def contributor_ids(session: Session) -> list[str]:
    """Everybody who ever consented, those who have withdrawn included, in order."""
    return list(session.scalars(select(ContributorRow.id).order_by(ContributorRow.id)))


def read_contributor(session: Session, contributor: str, details: PersonalDetails) -> ContributorData:
    """What they gave; after their withdrawal only that they withdrew. `details` counts what it replaces."""
    row = session.get_one(ContributorRow, contributor)
    if row.withdrawn_at is not None:
        gone: tuple[AnyRow, ...] = (Withdrawal(contributor=contributor, withdrawn_at=row.withdrawn_at),)
        return ContributorData(contributor=contributor, changes=row.changes, tables={"withdrawn": gone})
    consent = latest_consents(session, [contributor]).get(contributor)
    tables = {} if consent is None else _tables(_Reader(session, row, consent, details))
    return ContributorData(
        contributor=contributor, changes=row.changes, tables={name: rows for name, rows in tables.items() if rows}
    )


def read_everything(session: Session, details: PersonalDetails) -> list[ContributorData]:
    """Everybody's data, and the shared items."""
    people = [read_contributor(session, name, details) for name in contributor_ids(session)]
    return [*people, read_shared_items(session)]


def read_shared_items(session: Session) -> ContributorData:
    """The items that are nobody's own."""
    rows = session.scalars(select(ItemRow).where(ItemRow.contributor.is_(None)).order_by(ItemRow.id))
    items: tuple[AnyRow, ...] = tuple(_item(row, row.payload, row.hidden) for row in rows)
    return ContributorData(contributor="", changes=0, tables={"items": items} if items else {})


def latest_consents(session: Session, contributors: Iterable[str]) -> dict[str, ConsentRow]:
    """The consent of each that counts."""
    found = session.scalars(
        select(ConsentRow).where(ConsentRow.contributor.in_(set(contributors))).order_by(ConsentRow.id)
    )
    return {row.contributor: row for row in found}


def covers_voice(consent: ConsentRow) -> bool:
    """Recordings need a consent of their own, and an adult."""
    return consent.voice and consent.adult


@dataclass(frozen=True, slots=True)
class _Reader:
    session: Session
    contributor: ContributorRow
    consent: ConsentRow
    details: PersonalDetails

    def rows(self, table: Any, order: Any) -> Sequence[Any]:
        query = select(table).where(table.contributor == self.contributor.id).order_by(order)
        return self.session.scalars(query).all()

    @property
    def common(self) -> dict[str, Any]:
        return {"contributor": self.contributor.id, "licence": self.consent.licence}


def _tables(reader: _Reader) -> dict[str, tuple[AnyRow, ...]]:
    recordings = _recordings(reader) if covers_voice(reader.consent) else ()
    recorded = {row.turn for row in recordings}
    texts = reader.consent.text
    return {
        "consents": (_consent(reader),),
        "ratings": _ratings(reader, recorded) if texts else (),
        "judgements": _judgements(reader) if texts else (),
        "items": _items(reader),
        "recordings": recordings,
    }


def _consent(reader: _Reader) -> Consent:
    row = reader.consent
    return Consent(
        **reader.common,
        created_at=reader.contributor.created_at,
        **_copied(row, "given_at", "version", "language", "text", "voice", "adult"),
        **_copied(row, "age_band", "gender", "variety", "first_language"),
    )


def _ratings(reader: _Reader, recorded: set[str]) -> tuple[Rating, ...]:
    """Turns with a rating, and those with a recording that is published too."""
    found = reader.session.execute(
        select(TurnRow, RatingRow)
        .outerjoin(RatingRow, RatingRow.turn_id == TurnRow.id)
        .where(TurnRow.contributor == reader.contributor.id)
        .where(or_(RatingRow.turn_id.is_not(None), TurnRow.id.in_(recorded)))
        .order_by(TurnRow.started_at, TurnRow.id)
    )
    return tuple(_rating(reader, turn, rating) for turn, rating in found)


def _rating(reader: _Reader, turn: TurnRow, rating: RatingRow | None) -> Rating:
    replaced = reader.details.replaced
    latencies: dict[str, Any] = {name: turn.latency.get(name) for name in LATENCIES}
    models: dict[str, Any] = {
        f"{stage}_{key}": turn.models.get(stage, {}).get(key, "") for stage in STAGES for key in ("model", "sha256")
    }
    return Rating(
        **reader.common,
        **models,
        **latencies,
        **_copied(turn, "id", "conversation", "started_at", "outcome", "app_version"),
        turn=turn.number,
        rated=rating is not None,
        created_at=rating.created_at if rating else turn.started_at,
        updated_at=rating.updated_at if rating else turn.started_at,
        verdict=rating.verdict if rating else "",
        reasons=tuple(rating.reasons) if rating else (),
        transcript=replaced(turn.transcript),
        corrected_transcript=replaced(rating.transcript) if rating else "",
        reply=replaced(turn.reply),
        better_reply=replaced(rating.better_reply) if rating else "",
        comment=replaced(rating.comment) if rating else "",
        settings=_json(turn.settings),
    )


def _judgements(reader: _Reader) -> tuple[Judgement, ...]:
    """Answers and skips, of items that may be published themselves."""
    found = reader.session.execute(
        select(TaskRow, ItemRow)
        .join(ItemRow, ItemRow.id == TaskRow.item_id)
        .where(TaskRow.contributor == reader.contributor.id)
        .where(or_(TaskRow.answered_at.is_not(None), TaskRow.skipped))
        .order_by(TaskRow.drawn_at, TaskRow.id)
    ).all()
    consents = latest_consents(reader.session, (item.contributor for _, item in found if item.contributor))
    return tuple(
        _judgement(reader, task, item)
        for task, item in found
        if item.contributor is None or _item_covered(item, consents.get(item.contributor))
    )


def _judgement(reader: _Reader, task: TaskRow, item: ItemRow) -> Judgement:
    answer: dict[str, Any] = {name: task.answer.get(name) for name in ANSWERS}
    answer |= {name: reader.details.replaced_in(answer[name]) for name in ("text", "better")}
    systems = item.hidden.get("systems", {})
    shown: dict[str, Any] = {side: str(task.shown.get(side, "")) for side in ("a", "b")}
    return Judgement(
        **reader.common,
        **answer,
        **_copied(task, "id", "repeat", "skipped", "drawn_at", "answered_at", "passed"),
        item=item.id,
        kind=item.kind,
        system=str(item.hidden.get("system", "")),
        **shown,
        a_system=systems.get(shown["a"], ""),
        b_system=systems.get(shown["b"], ""),
    )


def _items(reader: _Reader) -> tuple[Item, ...]:
    """Those that hold this contributor's words or voice."""
    replaced = reader.details.replaced_in
    return tuple(
        _item(row, replaced(row.payload), replaced(row.hidden))
        for row in reader.rows(ItemRow, ItemRow.id)
        if _item_covered(row, reader.consent)
    )


def _item_covered(item: ItemRow, consent: ConsentRow | None) -> bool:
    """Whether its owner's consent covers an item: its texts, and its sounds where it has some."""
    voice = any(item.payload.get(place) for place in SOUNDS)
    return consent is not None and consent.text and (covers_voice(consent) or not voice)


def _item(row: ItemRow, payload: dict[str, Any], hidden: dict[str, Any]) -> Item:
    systems = hidden.get("systems", {})
    sounds: dict[str, Any] = {place: str(payload.get(place, "")) for place in SOUNDS}
    return Item(
        **_copied(row, "id", "kind", "active", "created_at"),
        contributor=row.contributor or "",
        system=str(hidden.get("system", "")),
        first_system=systems.get("first", ""),
        second_system=systems.get("second", ""),
        **sounds,
        payload=_json(payload),
        hidden=_json(hidden),
    )


def _recordings(reader: _Reader) -> tuple[Recording, ...]:
    return tuple(_recording(reader, row) for row in reader.rows(RecordingRow, RecordingRow.created_at))


def _recording(reader: _Reader, row: RecordingRow) -> Recording:
    return Recording(
        **reader.common,
        **_copied(row, "id", "sha256", "kind", "verified", "language", "duration_ms", "size_bytes", "created_at"),
        file_name=f"{row.sha256}.flac",
        turn=row.turn_id or "",
        item=row.item_id or "",
        text=reader.details.replaced(row.text),
    )


def _copied(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
