"""What a server uses while time passes: processor seconds, all in all and by thread, and memory. From Linux's /proc."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio
import psutil

from benchmarks.rig.server import Server, Usage, usage

PROC: Final = Path("/proc")
TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
EVENT_LOOP: Final = "event loop"
OTHERS: Final = "threads that ended, child processes"


@dataclass(frozen=True, slots=True)
class ThreadTime:
    """One thread so far."""

    name: str
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Interval:
    """What a server, and this process as its client, used in some time. Moments are of the monotonic clock."""

    began_s: float
    ended_s: float
    cpu_percent: float
    """Of all cores, 0 to 100."""
    client_cpu_percent: float
    cpu_s: float
    memory_mb: float
    """At its end."""
    by_thread_s: Mapping[str, float]
    """Processor seconds by the thread's name, most first."""

    def contains(self, moment_s: float) -> bool:
        return self.began_s <= moment_s < self.ended_s


def thread_times(pid: int, proc: Path = PROC) -> dict[int, ThreadTime]:
    """The threads of a process by their ids; those of one name are told apart by nothing else."""
    found = {}
    for folder in (proc / str(pid) / "task").iterdir():
        try:
            line = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # it has ended
            continue
        found[int(folder.name)] = parsed(line, is_main=folder.name == str(pid))
    return found


def parsed(stat: str, *, is_main: bool) -> ThreadTime:
    """A thread's line in /proc: its name in parentheses, in which may be any character; utime is field 14."""
    before, _, after = stat.rpartition(") ")
    fields = after.split()
    ticks = int(fields[11]) + int(fields[12])
    return ThreadTime(EVENT_LOOP if is_main else before.partition("(")[2], ticks / TICKS_A_SECOND)


def spent(before: Mapping[int, ThreadTime], after: Mapping[int, ThreadTime], all_s: float) -> dict[str, float]:
    """Processor seconds between, by name and most first; OTHERS is what is left of `all_s`."""
    found: dict[str, float] = {}
    for number, now in after.items():
        then = before.get(number)
        found[now.name] = found.get(now.name, 0.0) + now.cpu_s - (then.cpu_s if then else 0.0)
    found[OTHERS] = max(0.0, all_s - sum(found.values()))
    most_first = sorted(found.items(), key=lambda item: -item[1])
    return {name: round(seconds, 2) for name, seconds in most_first if seconds >= 1 / TICKS_A_SECOND}


async def measure_interval(server: Server, seconds: float) -> Interval:
    """The next `seconds` of the server."""
    before, threads = _usages(server), thread_times(server.pid)
    await anyio.sleep(seconds)
    after, threads_after = _usages(server), thread_times(server.pid)
    cpu_s = after[0].cpu_s - before[0].cpu_s
    return Interval(
        began_s=before[0].at_s,
        ended_s=after[0].at_s,
        cpu_percent=after[0].cpu_percent_since(before[0]),
        client_cpu_percent=after[1].cpu_percent_since(before[1]),
        cpu_s=cpu_s,
        memory_mb=after[0].resident_mb,
        by_thread_s=spent(threads, threads_after, cpu_s),
    )


def _usages(server: Server) -> tuple[Usage, Usage]:
    """The server's, and this process's own without its children, of which the server is one."""
    return server.usage(), usage(psutil.Process().pid, children=False)
