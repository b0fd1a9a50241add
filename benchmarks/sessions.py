"""How many people one server answers in time: latency, processor and memory by number of conversations at once.

    python -m benchmarks.sessions [--levels 1 4 8 10 16] [--seconds 32] [--json FILE] [--plot PNG]

In every conversation somebody speaks a sentence in real time, asks for the answer, listens to the reply for as long
as it sounds, pauses, and speaks again; the microphone is open all the while, so silence is heard too. With
--hands-free nobody asks: silence ends the turn, and its time is part of the figure. Conversations begin one after the
other, spread over the length of a turn. Each one's first turn is left out, and so is the processor time before all
have begun. Processor figures are percent of all cores of this machine: the server's, and this client's beside it; and
milliseconds of the server's for each turn that was spoken meanwhile, all in all and by thread. Threads that a library
started count with the thread that started them (`python`: that opened the engines). Whoever is refused is counted, and
whether the refusal said that the same may succeed later. How a reply falls silent is in benchmarks.barge_in, hours of
talk in benchmarks.soak.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import anyio

from benchmarks.rig.figures import machine, table, write_report
from benchmarks.rig.server import RESULTS, inzwa_server
from benchmarks.rig.speech import sentences
from benchmarks.rig.talkers import run_level


async def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every level on one server, the fewest first."""
    spoken, found = await sentences(), []
    settings = {"max_sessions": max(options.levels), "max_new_tokens": options.reply_tokens, "session_minutes": 60}
    async with inzwa_server(named_threads=True, **settings) as server:
        for sessions in sorted(options.levels):
            level = await run_level(server, sessions, spoken, options.seconds, asks=not options.hands_free)
            found.append(level.figures())
            print(summary_table(found[-1:]), flush=True)
    return found


COLUMNS: Final = {
    "sessions": "sessions",
    "turns": "turns",
    "P50 ms": "p50_ms",
    "P95 ms": "p95_ms",
    "worst ms": "worst_ms",
    "CPU %": "cpu_percent",
    "CPU ms/turn": "cpu_ms_a_turn",
    "client %": "client_cpu_percent",
    "MB": "memory_mb",
    "lost": "lost",
    "dropped": "dropped",
    "refused": "refused",
    "told to return": "told_to_return",
}
"""Titles to keys."""


def summary_table(levels: Sequence[Mapping[str, Any]]) -> str:
    """The levels as a table."""
    return table(list(COLUMNS), [[level.get(key) for key in COLUMNS.values()] for level in levels])


def thread_table(levels: Sequence[Mapping[str, Any]]) -> str:
    """Where a turn's processor time went, by thread and level."""
    by_level = [level["cpu_ms_a_turn_by_thread"] for level in levels if level.get("cpu_ms_a_turn_by_thread")]
    titles = ["processor ms a turn", *(f"{level['sessions']} talkers" for level in levels)]
    names = dict.fromkeys(name for threads in reversed(by_level) for name in threads)
    return table(titles, [[name, *(threads.get(name, 0.0) for threads in by_level)] for name in names])


def draw(figures: Path, picture: Path) -> None:
    """In a process of its own, which loads matplotlib."""
    subprocess.run([sys.executable, "-m", "benchmarks.rig.plot", str(figures), str(picture)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--levels", type=int, nargs="+", default=[1, 4, 8, 10, 16], help="conversations at once")
    parser.add_argument("--seconds", type=float, default=32.0, help="of each level once all have begun (32)")
    parser.add_argument("--reply-tokens", type=int, default=32, help="of one reply at most: 6 to 9 s of sound (32)")
    parser.add_argument("--hands-free", action="store_true", help="silence ends a turn, not end_turn")
    parser.add_argument("--json", type=Path, default=RESULTS / "sessions.json", help="file for the figures")
    parser.add_argument("--plot", type=Path, help="file for a picture of them (needs requirements-eval.txt)")
    options = parser.parse_args()
    where = machine()
    levels = anyio.run(measure, options)
    print(f"\n{where['processor']}, {where['cores']} cores\n{summary_table(levels)}\n\n{thread_table(levels)}")
    write_report(options.json, "sessions", where, vars(options), {"levels": levels})
    if options.plot:
        draw(options.json, options.plot)


if __name__ == "__main__":
    main()
