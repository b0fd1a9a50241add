"""What the event loop costs: processor seconds of the server's main thread, with ten talkers and with nobody there.

    python -m benchmarks.event_loop [--talkers 10] [--seconds 60] [--codec pcm16] [--noise-dbfs -60] [--profile]

The server is Inzwa's own, page and all. Its voice detector is the real one, the other three engines are scripted, so
what its main thread uses is the cost of everything around them. Each talker speaks a sentence in real time, asks for
the answer, and listens; the microphone stays open, with noise at --noise-dbfs between sentences (digital silence from
-120 down). Idle is measured first, without sockets and with as many open ones, on which nothing is sent. --profile
tells where the main thread's time goes by function (cProfile, which makes Python's own functions look slower).
"""

import argparse
import json
import pstats
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any, Final

import anyio
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.rig.figures import machine, table, write_report
from benchmarks.rig.server import RESULTS, Server, inzwa_ready, running
from benchmarks.rig.speech import FOLDER, Sentence, sentences
from inzwa.audio.codecs import audio_frame, opus_codec
from inzwa.audio.formats import FRAME_MS, OPUS_RATE, PCM16_RATE
from inzwa.audio.pcm import SILENT_DBFS, Sound, pcm16_from_sound, resample, samples_in, silence
from inzwa.events import EndTurn, Start

LISTENING_S: Final = 8.0
"""From the end of a sentence to the next."""

SEED: Final = 5
PROFILE: Final = RESULTS / "event_loop.prof"
END_TURN: Final = json.dumps({"type": EndTurn.type})

Frames = list[bytes | str]
"""What a talker sends, one every 20 ms; text frames go with the one after them."""


def track(spoken: Sequence[Sentence], place: int, options: argparse.Namespace) -> Frames:
    """All sentences once, the talker's own order, each asked for and followed by LISTENING_S of a quiet room."""
    chance = np.random.default_rng(SEED + place)
    found: Frames = []
    encode = _opus() if options.codec == "opus" else _pcm16
    for sentence in [*spoken[place % len(spoken) :], *spoken[: place % len(spoken)]]:
        for sound in (sentence.sound, silence(LISTENING_S * 1000, PCM16_RATE)):
            found += encode(sound + _noise(chance, sound.size, options.noise_dbfs))
            found += [END_TURN] if sound is sentence.sound else []
    return found


def _noise(chance: np.random.Generator, samples: int, dbfs: float) -> Sound:
    level = 0.0 if dbfs <= SILENT_DBFS else 10 ** (dbfs / 20)
    return (level * chance.standard_normal(samples)).astype(np.float32)


def _pcm16(sound: Sound) -> Iterator[bytes]:
    size = samples_in(FRAME_MS, PCM16_RATE)
    return (pcm16_from_sound(sound[at : at + size]) for at in range(0, sound.size, size))


def _opus() -> Any:
    codec, size = opus_codec(24_000), samples_in(FRAME_MS, OPUS_RATE)

    def encode(sound: Sound) -> Iterator[bytes]:
        wide = resample(sound, PCM16_RATE, OPUS_RATE)
        wide = np.pad(wide, (0, -wide.size % size))
        frames = (audio_frame(wide[at : at + size], OPUS_RATE) for at in range(0, wide.size, size))
        return map(bytes, chain.from_iterable(codec.encode(frame) for frame in frames))

    return encode


async def talk(socket: ClientConnection, frames: Frames) -> None:
    """Send them at the pace of speech, from the beginning again at the end, until cancelled."""
    began, sent = time.monotonic(), 0
    while True:
        for frame in frames:
            if isinstance(frame, bytes):
                sent += 1
                await anyio.sleep(max(0.0, began + sent * FRAME_MS / 1000 - time.monotonic()))
            await socket.send(frame)


async def listen(socket: ClientConnection, counts: dict[str, int]) -> None:
    """Count what comes, sound and turns that ended."""
    async for message in socket:
        if isinstance(message, bytes):
            counts["sound frames"] += 1
        elif '"turn.end"' in message:
            counts["turns"] += 1


@asynccontextmanager
async def sockets(url: str, options: argparse.Namespace) -> AsyncIterator[list[ClientConnection]]:
    """Open conversations, `options.talkers` of them."""
    rate = OPUS_RATE if options.codec == "opus" else PCM16_RATE
    start = json.dumps({"type": Start.type, **asdict(Start(codec=options.codec, sample_rate=rate))})
    async with AsyncExitStack() as stack:
        address = url.replace("http", "ws", 1) + "/ws/audio"
        opened = [await stack.enter_async_context(connect(address, compression=None)) for _ in range(options.talkers)]
        for socket in opened:
            await socket.send(start)
            await socket.recv()
        yield opened


class Clock:
    """Processor seconds of a process: its main thread and all of them."""

    def __init__(self, pid: int) -> None:
        self._threads = Path("/proc", str(pid), "task")
        self._main = str(pid)
        self._before, self._before_s = self._read(), time.monotonic()

    def _read(self) -> dict[str, float]:
        """By thread, from the scheduler's own count of nanoseconds."""
        each = {path.name: int((path / "schedstat").read_text().split()[0]) / 1e9 for path in self._threads.iterdir()}
        return {"main": each[self._main], "all": sum(each.values())}

    def percent(self) -> dict[str, float]:
        """Of one core, since this was made."""
        passed_s, now = time.monotonic() - self._before_s, self._read()
        return {name: 100 * (now[name] - self._before[name]) / passed_s for name in now}


async def measure(server: Server, spoken: Sequence[Sentence], options: argparse.Namespace) -> dict[str, Any]:
    """The three states of the server."""
    await anyio.sleep(3)  # what the start left to do
    clock = Clock(server.pid)
    await anyio.sleep(options.idle_seconds)
    found: dict[str, Any] = {"idle": clock.percent()}
    counts = {"turns": 0, "sound frames": 0}
    async with sockets(server.url, options) as opened:
        clock = Clock(server.pid)
        await anyio.sleep(options.idle_seconds)
        found["idle, open sockets"] = clock.percent()
        async with anyio.create_task_group() as tasks:
            for place, socket in enumerate(opened):
                tasks.start_soon(listen, socket, counts)
                tasks.start_soon(talk, socket, track(spoken, place, options))
            await anyio.sleep(2)
            clock = Clock(server.pid)
            await anyio.sleep(options.seconds)
            found["talking"] = clock.percent()
            tasks.cancel_scope.cancel()
    return {"percent": found, **counts}


async def run(options: argparse.Namespace) -> dict[str, Any]:
    spoken = await sentences()
    command = [sys.executable, "-m", "benchmarks.rig.recorded_server", str(min(FOLDER.glob("*.wav")))]
    command += ["--profile", str(PROFILE)] if options.profile else []
    async with running("event_loop", command, {"INZWA_PORT": "{port}", "INZWA_FEEDBACK": "off"}, inzwa_ready) as server:
        return await measure(server, spoken, options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talkers", type=int, default=10, help="conversations at once (10)")
    parser.add_argument("--seconds", type=float, default=60.0, help="of talk that are measured (60)")
    parser.add_argument("--idle-seconds", type=float, default=20.0, help="of each kind of idleness (20)")
    parser.add_argument("--codec", choices=["pcm16", "opus"], default="pcm16", help="what talkers send (pcm16)")
    parser.add_argument("--noise-dbfs", type=float, default=-60.0, help="level of the room, always there (-60)")
    parser.add_argument("--profile", action="store_true", help="tell the main thread's time by function")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    options = parser.parse_args()
    where = machine()
    found = anyio.run(run, options)
    rows = [[name, each["main"] * 0.6, each["main"], each["all"]] for name, each in found["percent"].items()]
    print(table(["server", "main thread, s a minute", "main thread, % of a core", "all threads, %"], rows))
    print(f"{found['turns']} turns ended, {found['sound frames']} frames of sound were sent")
    if options.profile:
        pstats.Stats(str(PROFILE)).sort_stats("tottime").print_stats(40)
    if options.json:
        write_report(options.json, "event_loop", where, vars(options), found)


if __name__ == "__main__":
    main()
