"""The silence before an answer: how long is waited at the end of a turn, against how often a pause is taken for it.

    python -m benchmarks.silence [--speakers 3] [--seed 1] [--text FILE] [--draft-ms 230] [--again] [--json OUT]

Turns with pauses inside (benchmarks/silence_speech.py says which, and whence) are said by joe-medium and heard by the
real detector and recogniser, once; the rules then decide over what those found, at no cost, for many patiences:

* `fixed`: silence_ms, whatever was said.
* `before`: 700 ms falling to 450 with the length of speech or at a sentence mark, 1120 after a conjunction: what Inzwa
  did up to version 0.1.
* `now`: Inzwa's endpointer as it is.

Waited: from the true end of speech to the decision. Cut in: a decision inside a turn, by turn and by pause; a turn goes
on after it. A draft's transcript arrives `--draft-ms` after its pause began, log-normal about that.
"""

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.rig.figures import machine, spread, table, write_report
from benchmarks.rig.server import RESULTS
from benchmarks.silence_decisions import RULES, outcome
from benchmarks.silence_recording import Recorded, keep, kept, record
from benchmarks.silence_speech import plain_scripts, read_scripts
from benchmarks.silence_voice import PausingVoice
from inzwa.engines.asr.whisper import open_whisper
from inzwa.engines.vad.silero import open_silero
from inzwa.models.store import Store, default_cache

KEPT: Final = RESULTS / "silence"
PATIENCES: Final = (300, 400, 500, 600, 700, 850, 1000, 1200)
"""Milliseconds of silence that the user may ask for; 700 is the default."""
DEFAULT_MS: Final = 700


def half(turns: Iterable[Recorded], *, even: bool) -> list[Recorded]:
    """The turns of every other sentence: even ones to fit to, odd ones to test on."""
    return [turn for turn in turns if (turn.script % 2 == 0) == even]


TITLES: Final = ("rule", "silence_ms", "waited P50", "P95", "cut in per 100 turns", "per 100 pauses", "drafts a turn")


def curve(turns: Sequence[Recorded], draft_ms: float) -> list[list[object]]:
    """A line for each rule and patience."""
    rows = list[list[object]]()
    for name, rule in RULES.items():
        for silence_ms in PATIENCES:
            found = outcome(turns, rule, silence_ms, draft_ms)
            waited = spread(found.waited_ms)
            drafts = round(found.drafts / found.turns, 2)
            rows.append([name, silence_ms, waited.p50, waited.p95, found.per_100_turns, found.per_100_pauses, drafts])
    return rows


async def recorded(asked: argparse.Namespace) -> list[Recorded]:
    """The turns, from the file of this seed where there is one."""
    name = f"{asked.text.stem if asked.text else 'built-in'}-{asked.speakers}-{asked.seed}.jsonl"
    if (KEPT / name).exists() and not asked.again:
        return kept(KEPT / name)
    store = Store(default_cache())
    chance = np.random.default_rng(asked.seed)
    scripts = plain_scripts(asked.text, chance)[: asked.most] if asked.text else read_scripts()
    voice = PausingVoice(store.fetch("joe-medium"), threads=2)
    with open_silero(store.fetch("silero-v6")) as detector, open_whisper(store.fetch("whisper-base")) as whisper:
        turns = await record(scripts, voice, detector, whisper, asked.speakers, asked.seed)
    keep(KEPT / name, turns)
    return turns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speakers", type=int, default=3, help="how many say every sentence (3)")
    parser.add_argument("--seed", type=int, default=1, help="of speakers, pauses and the voice (1)")
    parser.add_argument("--text", type=Path, help="Shona text, a sentence a line, in place of the built-in sentences")
    parser.add_argument("--most", type=int, default=100, help="sentences of it that are said (100)")
    parser.add_argument("--again", action="store_true", help="say and hear them again, though they are kept")
    parser.add_argument("--draft-ms", type=float, default=230, help="median time that a draft takes (230)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    asked = parser.parse_args()
    where, turns = machine(), asyncio.run(recorded(asked))
    turns = turns if asked.text else half(turns, even=False)
    rows = curve(turns, asked.draft_ms)
    print(table(TITLES, rows))
    if asked.json:
        found = {"curve": [dict(zip(TITLES, row, strict=True)) for row in rows]}
        write_report(asked.json, "silence", where, vars(asked), found)


if __name__ == "__main__":
    main()
