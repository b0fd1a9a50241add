"""Whether memory grows while people talk for long: a server with some conversations for half an hour.

    python -m benchmarks.soak [--minutes 30] [--talkers 6] [--json FILE]

The talkers are those of benchmarks.sessions. Memory is read every EVERY_S seconds; growth counts from WARM_UP_S after
all have begun, the first turns left out, to the end, each the median of three readings.
"""

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import anyio

from benchmarks.rig.figures import machine, write_report
from benchmarks.rig.server import Server, inzwa_server
from benchmarks.rig.speech import sentences
from benchmarks.rig.talkers import SPREAD_S, Level, run_level

EVERY_S: Final = 10.0
WARM_UP_S: Final = 120.0


def growth_percent(readings_mb: Sequence[float], warm_up: int) -> float | None:
    """From the median of the three readings after the first `warm_up` to that of the last three; null where there
    are fewer than six."""
    counted = readings_mb[warm_up:]
    if len(counted) < 6:
        return None
    return 100 * (statistics.median(counted[-3:]) / statistics.median(counted[:3]) - 1)


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """The whole time; the figures as they are written."""
    spoken, seconds = await sentences(), 60 * options.minutes
    settings = {"max_sessions": options.talkers, "session_minutes": 2 * options.minutes + 5}
    readings: list[float] = []
    level = Level(options.talkers)

    async def read_memory(server: Server) -> None:
        await anyio.sleep(SPREAD_S)
        for number in range(int(seconds / EVERY_S)):
            readings.append(server.usage().resident_mb)
            if number % 6 == 0:
                print(f"\r{number * EVERY_S / 60:.0f} min: {readings[-1]:.0f} MB", end="", flush=True)
            await anyio.sleep(EVERY_S)

    async with inzwa_server(**settings) as server:
        ready_mb = server.usage().resident_mb
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read_memory, server)
            level = await run_level(server, options.talkers, spoken, seconds)
            tasks.cancel_scope.cancel()
    print()
    return {
        "ready_mb": ready_mb,
        "readings_mb": readings,
        "growth_percent": growth_percent(readings, int(WARM_UP_S / EVERY_S)),
        "level": level.figures(),
    }


def summary(found: dict[str, Any]) -> str:
    """The figures as text."""
    readings, growth, level = found["readings_mb"], found["growth_percent"], found["level"]
    grown = "-" if growth is None else f"{growth:+.1f} %"
    return (
        f"{level['sessions']} talkers, {level['turns']} turns: memory {found['ready_mb']:.0f} MB ready, "
        f"{readings[0]:.0f} MB at the beginning, {readings[-1]:.0f} MB at the end, "
        f"{grown} after the first two minutes\n"
        f"first sound P50 {level['p50_ms']} ms, P95 {level['p95_ms']} ms; CPU {level['cpu_percent']} %; "
        f"lost {level['lost']}, dropped {level['dropped']}, refused {level['refused']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0, help="once all have begun (30)")
    parser.add_argument("--talkers", type=int, default=6, help="conversations at once (6)")
    parser.add_argument("--json", type=Path, help="file for the figures, every reading among them")
    options = parser.parse_args()
    where = machine()
    found = anyio.run(measure, options)
    print(f"{where['processor']}, {where['cores']} cores\n{summary(found)}")
    if options.json:
        write_report(options.json, "soak", where, vars(options), found)


if __name__ == "__main__":
    main()
