"""Several people who talk with one server at once, and what they got: latencies, losses, refusals, processor time."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
from websockets.exceptions import ConnectionClosed

from benchmarks.rig.figures import spread
from benchmarks.rig.inzwa_connection import open_inzwa
from benchmarks.rig.processor_time import Interval, measure_interval
from benchmarks.rig.server import Server
from benchmarks.rig.speech import Sentence
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
    """The results of one number of conversations at once."""

    sessions: int
    turns: list[Turn] = field(default_factory=list)
    """Counted ones, in the order of their ends."""
    first_turns: list[Turn] = field(default_factory=list)
    """Each conversation's first, whose latency is left out."""
    refusals: list[dict[str, Any]] = field(default_factory=list)
    """The `error` of each conversation that was not let in."""
    drops: list[str] = field(default_factory=list)
    """Of each conversation that the server ended, the close code and what it said."""
    interval: Interval | None = None
    """What the server used once all were there."""

    @property
    def turns_in_interval(self) -> int:
        """Answered turns whose speech ended in the interval, first ones among them."""
        answered = [turn for turn in (*self.first_turns, *self.turns) if not turn.lost]
        return sum(self.interval.contains(turn.spoken_s) for turn in answered) if self.interval else 0

    def figures(self) -> dict[str, Any]:
        """As they are written."""
        first, lost = spread(turn.first_audio_ms for turn in self.turns), [turn for turn in self.turns if turn.lost]
        return {
            "sessions": self.sessions,
            "turns": len(self.turns),
            "p50_ms": first.p50,
            "p95_ms": first.p95,
            "worst_ms": first.worst,
            **self._usage(),
            "refused": len(self.refusals),
            "told_to_return": sum(bool(event.get("retryable")) for event in self.refusals),
            "refused_because": dict(Counter(event.get("code", "") for event in self.refusals)),
            "dropped": len(self.drops),
            "dropped_because": dict(Counter(self.drops)),
            "lost": len(lost),
            "lost_because": dict(Counter(turn.ending for turn in lost)),
            "first_audio_ms": [turn.first_audio_ms for turn in self.turns],
            "stages_ms": stages(self.turns),
        }

    def _usage(self) -> dict[str, Any]:
        used, turns = self.interval, self.turns_in_interval
        if used is None:
            return {}
        return {
            "cpu_percent": round(used.cpu_percent, 1),
            "client_cpu_percent": round(used.client_cpu_percent, 1),
            "memory_mb": round(used.memory_mb, 1),
            "turns_in_interval": turns,
            "cpu_ms_a_turn": 1000 * used.cpu_s / turns if turns else None,
            "cpu_ms_a_turn_by_thread": {name: 1000 * s / turns for name, s in used.by_thread_s.items() if turns},
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
    """Whether the user asks for the answer, or silence does."""

    async def talk(self, connection: Connection, microphone: Microphone, level: Level) -> None:
        """Turn after turn."""
        chance = random.Random(SEED + self.number)
        for count, sentence in enumerate(in_turn(self.spoken, self.number)):
            if time.monotonic() >= self.until_s:
                return
            turn = await take_turn(connection, microphone.speak, sentence.sound, asked=self.asks)
            (level.turns if count else level.first_turns).append(turn)
            await rest(connection, listening_s(turn, time.monotonic()) + chance.uniform(*PAUSE_S))


def in_turn(spoken: Sequence[Sentence], number: int) -> "itertools.cycle[Sentence]":
    """The sentences for ever, each user beginning with another one."""
    begin = number % len(spoken)
    return itertools.cycle([*spoken[begin:], *spoken[:begin]])


def listening_s(turn: Turn, now_s: float) -> float:
    """How long the reply goes on sounding."""
    return 0.0 if turn.first_audio_s is None else max(0.0, turn.first_audio_s + turn.sound_s - now_s)


def leaves(group: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    """The exceptions of a group, however it is nested."""
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from leaves(error)
        else:
            yield error


Talk = Callable[[int, float, Connection, Microphone], Awaitable[None]]
"""What one user does: the user's number, the moment after which nothing is begun, the conversation."""


async def run_level(
    server: Server, sessions: int, spoken: Sequence[Sentence], seconds: float, *, asks: bool = True
) -> Level:
    """That many people talking in turn with the server, for `seconds` after the last has begun."""
    level = Level(sessions)

    async def talk(number: int, until_s: float, connection: Connection, microphone: Microphone) -> None:
        await Speaker(number=number, spoken=spoken, until_s=until_s, asks=asks).talk(connection, microphone, level)

    await run_people(server, level, seconds, talk)
    return level


async def run_people(server: Server, level: Level, seconds: float, talk: Talk) -> None:
    """`level.sessions` conversations that begin one after the other, and go on for `seconds` once all are there."""
    all_there_s = time.monotonic() + SPREAD_S * (level.sessions - 1) / level.sessions

    async def join(number: int) -> None:
        await anyio.sleep(SPREAD_S * number / level.sessions)
        try:
            async with open_inzwa(server.url, Start()) as connection:
                await converse(connection, lambda *conversation: talk(number, all_there_s + seconds, *conversation))
        except* Refused as refused:
            level.refusals += [error.event for error in leaves(refused) if isinstance(error, Refused)]
        except* ConnectionClosed as closed:
            level.drops.append(str(next(leaves(closed))))

    async with anyio.create_task_group() as people:
        for number in range(level.sessions):
            people.start_soon(join, number)
        await anyio.sleep(max(0.0, all_there_s - time.monotonic()))
        level.interval = await measure_interval(server, seconds)
