"""What a few contributors gave, in a store: of every kind something, and something that must not be published."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy.orm import Session

from inzwa.feedback.codes import contributor_id, new_code
from inzwa.feedback.consents import give_consent
from inzwa.feedback.ratings import rate, turn_id
from inzwa.feedback.recordings import save_sound
from inzwa.feedback.records import Consent, Profile, Rating, TurnRecord
from inzwa.feedback.store.schema import ContributorRow, RecordingRow, TaskRow, TurnRow
from inzwa.feedback.store.store import Store
from inzwa.feedback.tasks.answers import submit
from inzwa.feedback.tasks.clips import save_clip
from inzwa.feedback.tasks.items import Item, add_items

AT: Final = datetime(2026, 11, 26, 12, 0, 0, 250_000, tzinfo=UTC)
PHONE: Final = "0771 234 567"
MAIL: Final = "tendai@example.co.zw"
COMMENT: Final = f"Ndifonere pa{PHONE} kana {MAIL}, nezve 26-11-2026"


def consent(*, text: bool = True, voice: bool = True, **profile: Any) -> Consent:
    return Consent(
        version=1,
        language="sn",
        licence="CC0-1.0",
        text=text,
        voice=voice,
        adult=True,
        profile=Profile(**profile),
    )


def turn(number: int = 1) -> TurnRecord:
    """One turn of a conversation with two models."""
    return TurnRecord(
        conversation="c" * 32,
        number=number,
        started_at=AT.timestamp() + number,
        app_version="1.0",
        models={stage: {"model": f"small-{stage}", "sha256": "5" * 64} for stage in ("vad", "asr", "llm", "tts")},
        settings={"language": "sn", "speed": 1.0},
        transcript="Mhoroi",
        reply="Mhoroi, ndingakubatsirei?",
        latency={
            "asr_ms": 12,
            "llm_first_token_ms": 90,
            "tts_first_audio_ms": 70,
            "first_audio_ms": 210,
            "total_ms": None,
        },
        outcome="ended",
    )


def sound(seed: int) -> bytes:
    """Half a second of noise, 16 kHz PCM16: no two seeds give the same."""
    return np.random.default_rng(seed).integers(-3_000, 3_000, 8_000).astype("<i2").tobytes()


def contributor(store: Store, given: Consent | None = None) -> str:
    """Somebody who has consented; their code."""
    return store.write_now(lambda session: give_consent(session, given or consent()))


def add_rating(store: Store, code: str, number: int = 1, **rating: Any) -> str:
    """Rate one turn; its id."""
    given = Rating(**({"verdict": "up"} | rating))
    store.write_now(lambda session: rate(session, contributor_id(code), turn(number), given, key=new_code()))
    return turn_id(contributor_id(code), turn(number))


def add_recording(store: Store, code: str, seed: int, turn: str | None = None, text: str = "Mhoroi") -> str:
    """One recording on disk and its row; the sha256."""
    sha256, size = save_sound(store.folder, sound(seed), quota_mb=10)
    row = RecordingRow(
        id=f"{seed:032x}", contributor=contributor_id(code), sha256=sha256, kind="turn", turn_id=turn, item_id=None
    )
    row.text, row.language, row.duration_ms, row.size_bytes, row.created_at = text, "sn", 500, size, AT
    row.verified = False
    store.write_now(_adding(row, contributor_id(code)))
    return sha256


def add_comparison(store: Store) -> str:
    """An item with two clips of voices; its id."""
    first, second = (save_clip(store.folder, np.sin(np.arange(8_000) / n, dtype=np.float32), 16_000) for n in (8, 9))
    item = Item(
        kind="comparison",
        payload={"text": "Mangwanani", "first": first, "second": second},
        hidden={"systems": {"first": "voice one", "second": "voice two"}},
    )
    store.write_now(lambda session: add_items(session, [item]))
    return item.id


def add_judgement(store: Store, code: str, item: str, task: str, answer: dict[str, Any], **shown: str) -> None:
    """A task of theirs, answered."""
    row = TaskRow(id=task, contributor=contributor_id(code), item_id=item, shown=shown, drawn_at=AT, answer={})
    store.write_now(_adding(row, contributor_id(code)))
    answered = AT + timedelta(seconds=9)
    store.write_now(lambda session: submit(session, contributor_id(code), task, answer, now=answered))


def fill(store: Store, people: int = 6) -> list[str]:
    """So many contributors with a rating, a judgement and a recording each; their codes."""
    item = add_comparison(store)
    codes = []
    for number in range(people):
        code = contributor(store, consent(variety="zezuru", age_band="30-39" if number else "70+"))
        rated = add_rating(store, code, comment=COMMENT, reasons=("bad_shona", "other"))
        add_judgement(store, code, item, f"{number:032x}", {"choice": "a"}, a="second", b="first")
        add_recording(store, code, seed=number, turn=rated)
        codes.append(code)
    return codes


def _adding(row: Any, contributor: str) -> Callable[[Session], None]:
    def change(session: Session) -> None:
        session.add(row)
        session.get_one(ContributorRow, contributor).changes += 1

    return change


def turns(session: Session) -> int:
    return session.query(TurnRow).count()
