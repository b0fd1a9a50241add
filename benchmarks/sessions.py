"""How many people one server answers in time: latency, processor and memory by number of conversations at once.

    python -m benchmarks.sessions [--levels 1 4 8 10 16] [--seconds 32] [--json FILE] [--plot PNG]

In every conversation somebody speaks a sentence in real time, asks for the answer, listens to the reply for as long
as it sounds, pauses, and speaks again; the microphone is open all the while, so silence is heard too. With
--hands-free nobody asks: silence ends the turn, and its time is part of the figure. Conversations begin one after the
other, spread over the length of a turn. Each one's first turn is left out, and so is the processor time before all
have begun. Processor figures are percent of all cores of this machine: the server's, and this client's beside it.
"""

import argparse
import itertools
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio
import psutil

from benchmarks.rig.figures import machine, spread, table, write_report
from benchmarks.rig.inzwa_connection import open_inzwa
from benchmarks.rig.server import RESULTS, Server, Usage, inzwa_server, usage
from benchmarks.rig.speech import Sentence, sentences
from benchmarks.rig.user import Connection, Microphone, Turn, converse, rest, take_turn
from inzwa.cli.client import Refused
from inzwa.events import Start

SPREAD_S: Final = 10.0
"""Over which the conversations of a level begin: about a turn, pause and all."""

PAUSE_S: Final = (1.0, 3.0)
"""Between the end of a reply and the next sentence."""

SEED: Final = 3


@dataclass(slots=True)
class Level:
    """The results of one number of conversations."""

    sessions: int
    turns: list[Turn] = field(default_factory=list)
    """Counted ones, in the order of their ends."""
    refused: int = 0
    cpu_percent: float = 0.0
    client_cpu_percent: float = 0.0
    memory_mb: float = 0.0

    def figures(self) -> dict[str, Any]:
        """As they are written."""
        first, lost = spread(turn.first_audio_ms for turn in self.turns), [turn for turn in self.turns if turn.lost]
        return {
            "sessions": self.sessions,
            "turns": len(self.turns),
            "p50_ms": first.p50,
            "p95_ms": first.p95,
            "worst_ms": first.worst,
            "cpu_percent": round(self.cpu_percent, 1),
            "client_cpu_percent": round(self.client_cpu_percent, 1),
            "memory_mb": round(self.memory_mb, 1),
            "refused": self.refused,
            "lost": len(lost),
            "lost_because": dict(Counter(turn.ending for turn in lost)),
            "first_audio_ms": [turn.first_audio_ms for turn in self.turns],
            "stages_ms": stages(self.turns),
        }


def stages(turns: Sequence[Turn]) -> dict[str, float | None]:
    """The server's own figures, each at its median."""
    names = dict.fromkeys(name for turn in turns for name in turn.latency)
    return {name: spread(turn.latency.get(name) for turn in turns).p50 for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One simulated user."""

    number: int
    spoken: Sequence[Sentence]
    until_s: float
    """No sentence is begun after this moment of the monotonic clock."""
    asks: bool

    async def talk(self, connection: Connection, microphone: Microphone, level: Level) -> None:
        """Turn after turn; the first is left out."""
        chance = random.Random(SEED + self.number)
        sentence = itertools.cycle([*self.spoken[self.number % len(self.spoken) :], *self.spoken])
        for count in itertools.count():
            if time.monotonic() >= self.until_s:
                return
            turn = await take_turn(connection, microphone.speak, next(sentence).sound, asked=self.asks)
            if count:
                level.turns.append(turn)
            await rest(connection, listening_s(turn, time.monotonic()) + chance.uniform(*PAUSE_S))


def listening_s(turn: Turn, now_s: float) -> float:
    """How long the reply goes on sounding."""
    return 0.0 if turn.first_audio_s is None else max(0.0, turn.first_audio_s + turn.sound_s - now_s)


async def run_level(server: Server, sessions: int, spoken: Sequence[Sentence], options: argparse.Namespace) -> Level:
    """That many conversations at once, for `options.seconds` after the last has begun."""
    level, began = Level(sessions), time.monotonic()
    all_there_s = began + SPREAD_S * (sessions - 1) / sessions

    async def join(number: int) -> None:
        await anyio.sleep(SPREAD_S * number / sessions)
        speaker = Speaker(
            number=number, spoken=spoken, until_s=all_there_s + options.seconds, asks=not options.hands_free
        )
        try:
            async with open_inzwa(server.url, Start()) as connection:
                await converse(connection, lambda connection, microphone: speaker.talk(connection, microphone, level))
        except Refused:
            level.refused += 1

    async with anyio.create_task_group() as people:
        for number in range(sessions):
            people.start_soon(join, number)
        await anyio.sleep(max(0.0, all_there_s - time.monotonic()))
        before = _usages(server)
        await anyio.sleep(options.seconds)
        after = _usages(server)
    level.cpu_percent, level.client_cpu_percent = (
        now.cpu_percent_since(then) for now, then in zip(after, before, strict=True)
    )
    level.memory_mb = after[0].resident_mb
    return level


def _usages(server: Server) -> tuple[Usage, Usage]:
    """The server's, and this process's own without its children, of which the server is one."""
    return server.usage(), usage(psutil.Process().pid, children=False)


async def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every level on one server, the fewest first."""
    spoken, found = await sentences(), []
    settings = {"max_sessions": max(options.levels), "max_new_tokens": options.reply_tokens, "session_minutes": 60}
    async with inzwa_server(**settings) as server:
        for sessions in sorted(options.levels):
            found.append((await run_level(server, sessions, spoken, options)).figures())
            print(summary_table(found[-1:]), flush=True)
    return found


def summary_table(levels: Sequence[Mapping[str, Any]]) -> str:
    """The levels as a table."""
    titles = ["sessions", "turns", "P50 ms", "P95 ms", "worst ms", "CPU %", "client %", "MB", "lost", "refused"]
    keys = ["sessions", "turns", "p50_ms", "p95_ms", "worst_ms", "cpu_percent", "client_cpu_percent", "memory_mb"]
    return table(titles, [[level[key] for key in (*keys, "lost", "refused")] for level in levels])


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
    print(f"\n{summary_table(levels)}")
    write_report(options.json, "sessions", where, vars(options), {"levels": levels})
    if options.plot:
        draw(options.json, options.plot)


if __name__ == "__main__":
    main()
