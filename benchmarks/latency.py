"""How long the user waits: from the end of speech to the first sound, in one conversation on a server of its own.

    python -m benchmarks.latency [--turns 20] [--hands-free-turns 10] [--at-once] [--url URL] [--json FILE]

Two conversations, one after the other, with the same sentences spoken in real time. In the first the user asks for
the answer (`end_turn`) as soon as the last word is out; in the second silence ends the turn. Each reply is taken to
its last byte, which gives the server's own figures, and then stopped, so that the next turn interrupts nothing.
Memory is the server's, after the first turns and after the last. With --at-once speech is sent as fast as the socket
takes it, as a recording is, with rests between turns where the server would take it for sound that comes faster than
anybody speaks: for many turns (--turns 200) rather than for latency. --url measures a server that runs
already, whose memory is then not known.
"""

import argparse
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio

from benchmarks.rig.figures import machine, spread, table, write_report
from benchmarks.rig.inzwa_connection import open_inzwa
from benchmarks.rig.server import Server, inzwa_server
from benchmarks.rig.speech import Sentence, sentences
from benchmarks.rig.user import Connection, Microphone, Turn, converse, rest, send_at_once, take_turn
from inzwa.events import Start
from inzwa.server.limits import PACE

LONG_SESSION: Final = {"session_minutes": 120}
"""So that 200 turns fit in one conversation."""

STAGES: Final = ("asr_ms", "llm_first_token_ms", "tts_first_audio_ms", "first_audio_ms", "total_ms")


@dataclass(slots=True)
class Memory:
    """Megabytes that the server holds in memory."""

    ready: float | None = None
    warmed: float | None = None
    """After the first turns, which are left out."""
    last: float | None = None

    @property
    def growth_percent(self) -> float | None:
        return None if not self.warmed or not self.last else 100 * (self.last / self.warmed - 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """One conversation."""

    name: str
    start: Start
    turns: int
    """Counted."""
    warm_up: int
    """Before them, left out."""
    asked: bool
    """Whether the user asks for the answer, or silence does."""
    paced: bool


async def run_conversation(
    url: str, plan: Plan, spoken: Sequence[Sentence], note_memory: Callable[[bool], None]
) -> list[Turn]:
    """Its counted turns. `note_memory` is called after every turn, with whether it was one of the first."""
    found: list[Turn] = []

    async def talk(connection: Connection, microphone: Microphone) -> None:
        before, began_s, sent_s = 0, time.monotonic(), 0.0
        for number, sentence in enumerate(itertools.islice(itertools.cycle(spoken), plan.warm_up + plan.turns)):
            say = microphone.speak if plan.paced else partial(send_at_once, connection)
            turn = await take_turn(connection, say, sentence.sound, asked=plan.asked, after=before)
            before = max(before, turn.turn)
            await connection.cancel()
            sent_s += sentence.seconds
            await rest(connection, 0.0 if plan.paced else began_s + sent_s / PACE - time.monotonic())
            note_memory(number < plan.warm_up)
            if number >= plan.warm_up:
                found.append(turn)
            print(f"\r{plan.name}: {number + 1}/{plan.warm_up + plan.turns}", end="", flush=True)

    async with open_inzwa(url, plan.start) as connection:
        await converse(connection, talk, listening=plan.paced)
    print()
    return found


def rows(name: str, turns: Sequence[Turn]) -> Iterator[list[object]]:
    """What a table says of one conversation."""
    seen: dict[str, list[float | None]] = {
        "end of speech to first audio": [turn.first_audio_ms for turn in turns],
        "end of speech to decision": [turn.silence_ms for turn in turns],
        "decision to first audio": [turn.answer_ms for turn in turns],
        **{f"server: {stage}": [turn.latency.get(stage) for turn in turns] for stage in STAGES},
    }
    for what, values in seen.items():
        found = spread(values)
        yield [f"{name}: {what}", found.p50, found.p95, found.worst, found.count]


def plans(options: argparse.Namespace) -> list[Plan]:
    paced = not options.at_once
    pushed = Plan("end_turn", Start(mode="push_to_talk"), options.turns, options.warm_up, asked=True, paced=paced)
    hands_free = Plan("hands-free", Start(), options.hands_free_turns, options.warm_up, asked=False, paced=True)
    return [plan for plan in (pushed, hands_free) if plan.turns]


@asynccontextmanager
async def server_of(url: str | None) -> AsyncIterator[tuple[str, Server | None]]:
    """The server that was named, or one of our own."""
    if url:
        yield url, None
        return
    async with inzwa_server(**LONG_SESSION) as server:
        yield server.url, server


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run every conversation; the figures as they are printed and written."""
    spoken, memory = await sentences(), Memory()
    async with server_of(options.url) as (url, server):
        if server:
            memory.ready = server.usage().resident_mb

        def note_memory(first: bool) -> None:
            if server:
                memory.last = server.usage().resident_mb
                memory.warmed = memory.last if first or memory.warmed is None else memory.warmed

        conversations = {plan.name: await run_conversation(url, plan, spoken, note_memory) for plan in plans(options)}
    return {
        "start_to_ready_s": server and round(server.ready_s, 2),
        "memory_mb": {**asdict(memory), "growth_percent": memory.growth_percent},
        "conversations": {name: [summary(turn) for turn in turns] for name, turns in conversations.items()},
        "rows": [row for name, turns in conversations.items() for row in rows(name, turns)],
        "lost": sum(turn.lost for turns in conversations.values() for turn in turns),
    }


def summary(turn: Turn) -> dict[str, Any]:
    """One turn in the JSON."""
    return {
        "first_audio_ms": turn.first_audio_ms,
        "silence_ms": turn.silence_ms,
        "ending": turn.ending,
        "sound_s": round(turn.sound_s, 2),
        "heard": turn.heard,
        "said": turn.said,
        "server": turn.latency,
    }


def summary_table(found: dict[str, Any]) -> str:
    """The figures as text."""
    memory = found["memory_mb"]
    return "\n".join(
        [
            table(["milliseconds", "P50", "P95", "worst", "turns"], found["rows"]),
            f"turns without an answer: {found['lost']}",
            f"start to ready: {found['start_to_ready_s'] or '-'} s",
            "memory in MB: " + ", ".join(f"{when} {'-' if mb is None else f'{mb:.1f}'}" for when, mb in memory.items()),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=20, help="counted turns ended by end_turn (20)")
    parser.add_argument("--hands-free-turns", type=int, default=10, help="counted turns ended by silence (10)")
    parser.add_argument("--warm-up", type=int, default=2, help="turns before them, left out (2)")
    parser.add_argument("--at-once", action="store_true", help="send speech as a recording, not in real time")
    parser.add_argument("--url", help="a server that runs already, such as http://127.0.0.1:7860")
    parser.add_argument("--json", type=Path, help="file for the figures, every turn among them")
    options = parser.parse_args()
    where = machine()
    found = anyio.run(measure, options)
    print(summary_table(found))
    if options.json:
        write_report(options.json, "latency", where, vars(options), found)


if __name__ == "__main__":
    main()
