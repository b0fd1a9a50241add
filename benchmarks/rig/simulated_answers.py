"""A store in memory with what simulated raters answered; the same seed the same answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from inzwa.feedback.records import REASONS
from inzwa.feedback.store.schema import ConsentRow, ContributorRow, ItemRow, RatingRow, Table, TaskRow, TurnRow

RATER: Final = 0.5
"""Standard deviations in marks: how lenient raters are, how sentences come out, and the rest."""
SENTENCE: Final = 0.3
REST: Final = 0.7

VOICES: Final = {"rudo 1": 3.9, "rudo 0.85": 3.5, "mms-tts-sna 1": 3.0}
"""Name of a system to how it is liked, in marks before rounding."""
SENTENCES: Final = 12
START: Final = datetime(2026, 9, 7, 8, tzinfo=UTC)
WORDS: Final = ("mhoro", "makadii", "ndinoda", "kuziva", "mamiriro", "ekunze", "mangwana", "muHarare", "kana", "kunaya")


@contextmanager
def simulated_session(raters: int, each: int, seed: int) -> Iterator[Session]:
    """A session on a database in memory with so many raters and `each` answers of every kind by each of them."""
    engine = create_engine("sqlite://")
    Table.metadata.create_all(engine)
    with Session(engine) as session:
        _Simulation(session, np.random.default_rng(seed)).fill(raters, each)
        session.flush()
        yield session
    engine.dispose()


class _Simulation:
    def __init__(self, session: Session, generator: np.random.Generator) -> None:
        self._session, self._generator = session, generator
        self._tasks = 0
        self._items: dict[str, list[ItemRow]] = {}
        self._sentences = generator.normal(0, SENTENCE, (len(VOICES), SENTENCES))

    def fill(self, raters: int, each: int) -> None:
        self._add_items()
        for number in range(raters):
            rater = f"{number:032x}"
            self._session.add(ContributorRow(id=rater))
            self._session.add(self._consent(rater))
            self._session.flush()
            careless = number == raters - 1
            lenient = float(self._generator.normal(0, RATER))
            self._listen(rater, each, lenient, careless)
            self._compare(rater, each // 2)
            self._judge(rater, each // 3, lenient)
            self._talk(rater, each)

    def _consent(self, rater: str) -> ConsentRow:
        said = {"version": 1, "language": "sn", "licence": "CC0-1.0", "text": True, "voice": True, "adult": True}
        described = {
            "age_band": str(self._generator.choice(["18-29", "18-29", "30-39", "40-49", ""])),
            "gender": str(self._generator.choice(["female", "male", ""])),
            "variety": str(self._generator.choice(["zezuru", "zezuru", "karanga", "manyika", ""])),
        }
        return ConsentRow(contributor=rater, **said, **described, first_language="Shona", given_at=START)

    def _add_items(self) -> None:
        for voice in VOICES:
            model, speed = voice.split(" ")
            for sentence in range(SENTENCES):
                details = {"model": model, "sha256": "", "voice": model, "speed": float(speed)}
                self._item("naturalness", {"text": f"{sentence}"}, {"system": voice, "details": details})
        for sentence in range(6):
            check = {"naturalness": [1, 2], "intelligibility": [1, 2]}
            self._item("check", {"text": f"check {sentence}"}, {"system": "rudo 1", "check": check})
        names = list(VOICES)
        for first, second in ((0, 1), (0, 2), (1, 2)):
            for sentence in range(SENTENCES):
                systems = {"first": names[first], "second": names[second]}
                self._item("comparison", {"text": f"{sentence}"}, {"systems": systems})
        for number in range(30):
            self._item("reply", {"question": f"mubvunzo {number}", "reply": "mhinduro"}, {"system": "smollm2-135m"})
            about = ("page", "dialogue", "reading")[number % 3]
            self._item("review", {"text": f"chinyorwa {number}", "beside": "", "about": about}, {"origin": "inzwa"})
            said = " ".join(self._generator.choice(WORDS, 8))
            self._item("transcript", {"text": self._misheard(said), "said": said}, {"system": "whisper-base"})
        self._session.flush()

    def _item(self, kind: str, payload: dict[str, Any], hidden: dict[str, Any]) -> None:
        number = sum(len(items) for items in self._items.values())
        stored = "naturalness" if kind == "check" else kind
        row = ItemRow(id=f"{number:032x}", kind=stored, payload=payload, hidden=hidden, contributor=None)
        self._items.setdefault(kind, []).append(row)
        self._session.add(row)

    def _listen(self, rater: str, each: int, lenient: float, careless: bool) -> None:
        items = self._drawn("naturalness", each)
        for item in items:
            self._answer(rater, item, self._opinion(item, lenient))
        for item in items[: each // 10]:
            self._answer(rater, item, self._opinion(item, lenient), repeat=True)
        for item in self._drawn("check", max(2, each // 10)):
            wrong = careless or self._generator.random() < 0.03
            mark = 5 if wrong else 1
            self._answer(rater, item, {"naturalness": mark, "intelligibility": mark}, passed=not wrong)

    def _opinion(self, item: ItemRow, lenient: float) -> dict[str, int]:
        place, sentence = list(VOICES).index(item.hidden["system"]), int(item.payload["text"])
        liking = VOICES[item.hidden["system"]] + lenient + self._sentences[place, sentence]
        natural, clear = np.clip(np.rint(liking + np.array([0, 0.4]) + self._generator.normal(0, REST, 2)), 1, 5)
        return {"naturalness": int(natural), "intelligibility": int(clear)}

    def _compare(self, rater: str, each: int) -> None:
        for item in self._drawn("comparison", each):
            shown = {"a": "first", "b": "second"} if self._generator.random() < 0.5 else {"a": "second", "b": "first"}
            difference = VOICES[item.hidden["systems"][shown["a"]]] - VOICES[item.hidden["systems"][shown["b"]]]
            felt = difference + 0.1 + self._generator.normal(0, 1)
            choice = "tie" if abs(felt) < 0.25 else "a" if felt > 0 else "b"
            self._answer(rater, item, {"choice": choice}, shown=shown)

    def _judge(self, rater: str, each: int, lenient: float) -> None:
        for item in self._drawn("reply", each):
            shona = int(np.clip(np.rint(2.4 + lenient + self._generator.normal(0, 0.8)), 1, 5))
            answer = {"answers": bool(self._generator.random() < 0.35), "shona": shona, "safe": True, "better": ""}
            self._answer(rater, item, answer)
        for item in self._drawn("review", each):
            right = bool(self._generator.random() < 0.8)
            self._answer(rater, item, {"right": right, "better": "" if right else f"{item.payload['text']}, zvakanaka"})
        for item in self._drawn("transcript", each):
            self._answer(rater, item, {"text": item.payload["said"]})

    def _talk(self, rater: str, each: int) -> None:
        for number in range(1, each + 1):
            at = START + timedelta(days=7 * float(self._generator.integers(10)), minutes=number)
            wait_ms = int(np.exp(self._generator.normal(7.3, 0.7)))
            down = bool(self._generator.random() < 0.25 + min(0.4, wait_ms / 20_000))
            said = " ".join(self._generator.choice(WORDS, 6))
            turn = f"{rater[16:]}{number:016x}"
            models = {stage: {"model": name} for stage, name in MODELS.items()}
            self._session.add(
                TurnRow(
                    id=turn, contributor=rater, conversation=rater, number=number, started_at=at, app_version="0",
                    models=models, settings={}, transcript=self._misheard(said), reply="", outcome="ended",
                    latency={"first_audio_ms": wait_ms},
                )
            )  # fmt: skip
            self._session.flush()
            reasons = [str(self._generator.choice(REASONS))] if down else []
            corrected = said if self._generator.random() < 0.2 else ""
            comment = "Ndinotenda, <b>zvikuru</b>" if number == 1 else ""
            self._session.add(
                RatingRow(
                    turn_id=turn, contributor=rater, verdict="down" if down else "up", reasons=reasons,
                    transcript=corrected, better_reply="", comment=comment,
                )
            )  # fmt: skip

    def _misheard(self, said: str) -> str:
        return " ".join(word if self._generator.random() < 0.7 else word[:-2] for word in said.split())

    def _drawn(self, kind: str, each: int) -> list[ItemRow]:
        items = self._items[kind]
        return [items[place] for place in self._generator.permutation(len(items))[:each]]

    def _answer(self, rater: str, item: ItemRow, answer: dict[str, Any], **more: Any) -> None:
        self._tasks += 1
        at = START + timedelta(minutes=self._tasks)
        self._session.add(
            TaskRow(
                id=f"{self._tasks:032x}", contributor=rater, item_id=item.id, drawn_at=at, answered_at=at,
                answer=answer, **{"shown": {}, "repeat": False, "passed": None} | more,
            )
        )  # fmt: skip


MODELS: Final = {"vad": "silero-v6", "asr": "whisper-base", "llm": "smollm2-135m", "tts": "rudo"}
