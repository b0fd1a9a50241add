"""How long a rating takes until it is on disk: alone, and with 200 at once; beside what the disk itself takes.

    python -m benchmarks.ratings                       # in a folder below the current one
    INZWA_DATABASE_URL=postgresql://... python -m benchmarks.ratings --json FILE

Each is a first rating of a turn by somebody who consented: the turn, the rating and its key are stored.
With INZWA_DATABASE_URL PostgreSQL is measured besides; its rows stay there.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio
from sqlalchemy.orm import Session

from benchmarks.rig.figures import Spread, machine, spread, table
from inzwa.feedback.codes import contributor_id, new_code
from inzwa.feedback.consents import give_consent
from inzwa.feedback.ratings import rate
from inzwa.feedback.records import Consent, Rating, TurnRecord
from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import load_settings

AT_ONCE: Final = 200
PAGE: Final = bytes(4096)
"""What one fsync writes."""


def turn(number: int) -> TurnRecord:
    """A turn of usual length."""
    models = {stage: {"model": "small", "sha256": "0" * 64} for stage in ("vad", "asr", "llm", "tts")}
    return TurnRecord(
        conversation=f"{number:032x}", number=1, started_at=time.time(), app_version="0.1.0", models=models,
        settings={"language": "sn", "mode": "hands_free"}, transcript="Mhoroi, makadii? " * 4, reply="Ndiripo. " * 10,
        latency={"asr_ms": 300, "llm_ms": 200, "tts_ms": 100}, outcome="ended",
    )  # fmt: skip


def consenting(store: Store) -> str:
    """The contributor id of somebody who just consented."""
    consent = Consent(version=1, language="sn", licence="CC0-1.0", text=True, voice=False, adult=True)
    return contributor_id(store.write_now(partial(give_consent, consent=consent, code=new_code())))


async def rate_once(store: Store, contributor: str, number: int) -> float:
    """Milliseconds from asking to on disk."""
    rating = Rating(verdict="up", reasons=("other",), comment="Zvakanaka")

    def change(session: Session) -> None:
        rate(session, contributor, turn(number), rating, f"key-{number}")

    began = time.perf_counter()
    await store.write(change)
    return (time.perf_counter() - began) * 1000


async def one_by_one(store: Store, contributor: str, count: int) -> list[float]:
    """Milliseconds of each, one after the other."""
    return [await rate_once(store, contributor, number) for number in range(count)]


async def all_at_once(store: Store, contributor: str) -> tuple[list[float], float]:
    """Milliseconds of each of AT_ONCE, from when all were asked for, and seconds until the last."""
    took: list[float] = []

    async def rate_and_note(number: int) -> None:
        took.append(await rate_once(store, contributor, number))

    began = time.perf_counter()
    async with anyio.create_task_group() as group:
        for number in range(1_000_000, 1_000_000 + AT_ONCE):
            group.start_soon(rate_and_note, number)
    return took, time.perf_counter() - began


def fsyncs(folder: Path, count: int) -> list[float]:
    """Milliseconds of a page appended to a file, and its fsync."""
    took: list[float] = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(count):
            began = time.perf_counter()
            file.write(PAGE)
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return took


def file_system(folder: Path) -> str:
    """Its kind, as df names it."""
    said = subprocess.run(["df", "--output=fstype", folder], capture_output=True, text=True, check=True)
    return said.stdout.split()[-1]


def measure(name: str, given: dict[str, str], count: int) -> Iterator[tuple[str, Spread, float | None]]:
    """What was measured, milliseconds, and seconds for all."""
    with open_store(load_settings(given)) as store:
        contributor = consenting(store)
        anyio.run(one_by_one, store, contributor, 20)  # warm
        contributor = consenting(store)
        yield f"{name}: one rating", spread(anyio.run(one_by_one, store, contributor, count)), None
        took, seconds = anyio.run(all_at_once, store, contributor)
        yield f"{name}: {AT_ONCE} at once", spread(took), seconds


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500, help="ratings one after the other (500)")
    parser.add_argument("--folder", type=Path, default=Path(), help="where the data folder is made for the run (.)")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder, prefix="ratings-") as folder:
        data = {"INZWA_DATA": folder}
        rows = [("the disk: 4 KiB and fsync", spread(fsyncs(Path(folder), arguments.count)), None)]
        rows += measure("SQLite", data, arguments.count)
        if url := os.environ.get("INZWA_DATABASE_URL"):
            rows += measure("PostgreSQL", data | {"INZWA_DATABASE_URL": url}, arguments.count)
        facts: dict[str, Any] = machine() | {"file_system": file_system(Path(folder))}
    print(json.dumps(facts))
    titles = ("", "count", "P50 ms", "P95 ms", "worst ms", "all s")
    print(table(titles, ((name, *asdict(each).values(), seconds) for name, each, seconds in rows)))
    if arguments.json:
        kept = [{"what": name, "ms": asdict(each), "all_s": seconds} for name, each, seconds in rows]
        arguments.json.write_text(json.dumps({"machine": facts, "rows": kept}, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
