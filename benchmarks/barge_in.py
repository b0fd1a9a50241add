"""How soon a reply falls silent when the user speaks over it, with several conversations at once.

    python -m benchmarks.barge_in [--talkers 10] [--seconds 60] [--json FILE]

In every conversation somebody asks, hears the answer begin, speaks the next sentence over it, listens to that answer
to its end, pauses, and asks again. Time runs on the client, from when the first voiced frame of the sentence had been
sent to when `tts.hold` or `turn.cancelled` arrived, at which a client stops its loudspeaker; beside it to when the last
sound arrived before that, where any came after the voiced frame. Sound that arrives after the hold is counted: there
should be none. Voiced is a frame of 20 ms from VOICED of the loudest one's level on.
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio
import numpy as np

from benchmarks.rig.figures import machine, spread, table, write_report
from benchmarks.rig.server import inzwa_server
from benchmarks.rig.speech import Sentence, sentences
from benchmarks.rig.talkers import PAUSE_S, SEED, Level, in_turn, listening_s, run_people
from benchmarks.rig.user import FRAME_S, FRAME_SAMPLES, Connection, Event, Microphone, rest, sounding, take_turn
from inzwa.audio.pcm import Sound

INTO_REPLY_S: Final = (0.6, 1.6)
"""How long the user listens before speaking; Inzwa hears nothing in a reply's first 400 ms."""

VOICED: Final = 0.1
"""Of the loudest frame's root mean square."""


@dataclass(slots=True)
class Interruption:
    """What came while the user spoke over a reply. Moments are of the monotonic clock, null for what never came."""

    voiced_s: float = 0.0
    """When the first voiced frame had been sent."""
    silent_s: float | None = None
    """When the hold, or the reply's cancellation, arrived."""
    cancelled_s: float | None = None
    last_sound_s: float | None = None
    """When the last sound before `silent_s` arrived."""
    late_frames: int = 0
    """Pieces of sound of the held reply that arrived after it was held."""
    resumed: bool = False
    """Whether the words were taken for no interruption."""
    _held: bool = False

    def note(self, message: Event | Sound, now_s: float) -> None:
        """Record what has just arrived."""
        if not isinstance(message, dict):
            self.late_frames += self._held
            self.last_sound_s = self.last_sound_s if self.silent_s else now_s
            return
        match message["type"]:
            case "tts.hold":
                self._held, self.silent_s = True, self.silent_s or now_s
            case "turn.cancelled" if message.get("reason") == "interrupted":
                self.silent_s, self.cancelled_s = self.silent_s or now_s, self.cancelled_s or now_s
            case "tts.resume":
                self._held, self.resumed = False, True
            case "tts.start" if self.cancelled_s:  # of the next reply
                self._held = False

    def figures(self) -> dict[str, Any]:
        """As they are written; milliseconds from the first voiced frame."""
        return {
            "silent_ms": self._ms(self.silent_s),
            "last_sound_ms": self._ms(self.last_sound_s),
            "cancelled_ms": self._ms(self.cancelled_s),
            "late_frames": self.late_frames,
            "resumed": self.resumed,
        }

    def _ms(self, moment_s: float | None) -> float | None:
        return None if moment_s is None else (moment_s - self.voiced_s) * 1000


@dataclass(slots=True)
class WatchedConnection:
    """A connection that tells an Interruption all that it receives."""

    connection: Connection
    interruption: Interruption = field(default_factory=Interruption)
    sample_rate: int = 0

    def __post_init__(self) -> None:
        self.sample_rate = self.connection.sample_rate

    async def send_sound(self, sound: Sound) -> None:
        await self.connection.send_sound(sound)

    async def end_turn(self) -> None:
        await self.connection.end_turn()

    async def cancel(self) -> None:
        await self.connection.cancel()

    async def receive(self) -> Event | Sound:
        message = await self.connection.receive()
        self.interruption.note(message, time.monotonic())
        return message


def voiced_after_s(sound: Sound) -> float:
    """Seconds from the sound's first frame to its first voiced one."""
    whole = sound[: sound.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    level = np.sqrt(np.mean(whole**2, axis=1))
    return float(np.argmax(level >= VOICED * level.max(initial=0.0))) * FRAME_S


@dataclass(slots=True)
class Interrupters:
    """The users, and what they found."""

    level: Level
    spoken: Sequence[Sentence]
    found: list[Interruption] = field(default_factory=list)

    async def talk(self, number: int, until_s: float, connection: Connection, microphone: Microphone) -> None:
        """Ask, interrupt the answer, listen to the next one; and again."""
        chance = random.Random(SEED + number)
        upcoming = in_turn(self.spoken, number)
        while time.monotonic() < until_s:
            turn = await take_turn(connection, microphone.speak, next(upcoming).sound, asked=True, enough=sounding)
            self.level.turns.append(turn)
            if not turn.lost:
                await rest(connection, chance.uniform(*INTO_REPLY_S))
                await self._interrupt(connection, microphone, next(upcoming), turn.turn)
            await rest(connection, chance.uniform(*PAUSE_S))

    async def _interrupt(self, connection: Connection, microphone: Microphone, sentence: Sentence, number: int) -> None:
        """Speak over the reply of turn `number`, and listen to the answer."""
        watched = WatchedConnection(connection)
        answer = await take_turn(watched, microphone.speak, sentence.sound, asked=True, after=number)
        watched.interruption.voiced_s = microphone.began_s + voiced_after_s(sentence.sound)
        self.found.append(watched.interruption)
        self.level.turns.append(answer)
        await rest(connection, listening_s(answer, time.monotonic()))


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """That many users for that long; the figures as they are written."""
    spoken = await sentences()
    settings = {"max_sessions": options.talkers, "max_new_tokens": options.reply_tokens, "session_minutes": 60}
    people = Interrupters(Level(options.talkers), spoken)
    async with inzwa_server(**settings) as server:
        await run_people(server, people.level, options.seconds, people.talk)
    found = [interruption.figures() for interruption in people.found]
    return {
        **{name: spread_of(found, name) for name in ("silent_ms", "last_sound_ms", "cancelled_ms")},
        "interruptions": found,
        "never_silent": sum(each["silent_ms"] is None for each in found),
        "late_frames": sum(each["late_frames"] for each in found),
        "resumed": sum(each["resumed"] for each in found),
        "level": people.level.figures(),
    }


def spread_of(found: Sequence[dict[str, Any]], name: str) -> dict[str, float | None]:
    """Percentiles of one figure; sound that came before the voiced frame is left out."""
    there = spread(each[name] for each in found if each[name] is None or each[name] > 0)
    return {"count": there.count, "p50": there.p50, "p95": there.p95, "worst": there.worst}


ROWS: Final = {
    "to silence (tts.hold or turn.cancelled)": "silent_ms",
    "to the last sound before it": "last_sound_ms",
    "to the end of the interrupted turn": "cancelled_ms",
}


def summary_table(found: dict[str, Any]) -> str:
    """The figures as text."""
    rows = [[title, *(found[key][name] for name in ("p50", "p95", "worst", "count"))] for title, key in ROWS.items()]
    measured = table(["ms from the first voiced frame", "P50", "P95", "worst", "times"], rows)
    counted = (
        f"interruptions: {len(found['interruptions'])}; never silent {found['never_silent']}; taken for none "
        f"{found['resumed']}; pieces of sound after the hold {found['late_frames']}; "
        f"answers lost {found['level']['lost']}"
    )
    return f"{measured}\n{counted}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talkers", type=int, default=10, help="conversations at once (10)")
    parser.add_argument("--seconds", type=float, default=60.0, help="once all have begun (60)")
    parser.add_argument("--reply-tokens", type=int, default=32, help="of one reply at most: 6 to 9 s of sound (32)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    where = machine()
    found = anyio.run(measure, options)
    print(f"{where['processor']}, {where['cores']} cores; {options.talkers} talkers\n{summary_table(found)}")
    if options.json:
        write_report(options.json, "barge_in", where, vars(options), found)


if __name__ == "__main__":
    main()
