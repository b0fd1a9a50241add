"""A server in a process of its own: started, waited for, measured, stopped."""

import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from os import cpu_count, environ
from pathlib import Path
from typing import Final

import anyio
import httpx
import psutil

from benchmarks import ENVIRONMENT

ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = ROOT / "benchmarks" / "results"
START_S: Final = 300.0
"""A start takes seconds; on a machine that is busy with other work it may take minutes."""

POLL_S: Final = 0.05
STOP_S: Final = 30.0

Check = Callable[[int], Awaitable[bool]]
"""Whether the server on this port is ready."""


class NotReady(Exception):
    """The server ended, or was not ready in time. The message names its log."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Inzwa's code at one revision, and the Python that runs it."""

    name: str
    folder: Path
    python: Path


HERE: Final = Tree("this tree", ROOT, Path(sys.executable))


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used so far."""

    at_s: float
    cpu_s: float
    resident_mb: float

    def cpu_percent_since(self, before: "Usage") -> float:
        """Of all cores, 0 to 100."""
        return 100 * (self.cpu_s - before.cpu_s) / (self.at_s - before.at_s) / (cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server that is ready."""

    url: str
    pid: int
    ready_s: float
    """From starting the process to its being ready."""

    def usage(self) -> Usage:
        return usage(self.pid)


def usage(pid: int, *, children: bool = True) -> Usage:
    """A process of this machine, with its children unless told otherwise."""
    parent = psutil.Process(pid)
    family = [parent, *(parent.children(recursive=True) if children else [])]
    cpu_s = sum(sum(process.cpu_times()[:2]) for process in family)
    resident = sum(process.memory_info().rss for process in family)
    return Usage(time.monotonic(), cpu_s, resident / 1e6)


@asynccontextmanager
async def inzwa_server(tree: Tree = HERE, *, named_threads: bool = False, **settings: object) -> AsyncIterator[Server]:
    """Inzwa on a free port, with its own defaults where `settings` do not say otherwise (port=..., threads=...).

    With `named_threads`, which only this tree has, the kernel knows its threads by their names.
    """
    name = "inzwa" if tree == HERE else f"inzwa-{tree.name}"
    variables = {f"INZWA_{key.upper()}": str(value) for key, value in settings.items()}
    command = [str(tree.python), *(["-m", "benchmarks.rig.named_server"] if named_threads else ["app.py"])]
    variables["INZWA_PORT"] = variables.get("INZWA_PORT", "{port}")
    started = running(name, command, variables, inzwa_ready, folder=tree.folder, environment=ENVIRONMENT)
    async with started as server:
        yield server


@asynccontextmanager
async def running(
    name: str,
    command: Sequence[str],
    variables: Mapping[str, str],
    ready: Check,
    *,
    folder: Path = ROOT,
    environment: Mapping[str, str] = environ,
) -> AsyncIterator[Server]:
    """The command in `folder`, once `ready`, a free port put for {port} in it and in `variables`, which are added to
    `environment`. Output: results/NAME.log."""
    port, log = free_port(), RESULTS / f"{name}.log"
    began = time.monotonic()
    surroundings = {**environment, **dict(zip(variables, _filled(list(variables.values()), port), strict=True))}
    with _process(_filled(command, port), folder, surroundings, log) as process:
        while not await ready(port):
            if process.poll() is not None or time.monotonic() - began > START_S:
                raise NotReady(f"{name} is not ready; its log is {log}")
            await anyio.sleep(POLL_S)
        yield Server(f"http://127.0.0.1:{port}", process.pid, time.monotonic() - began)


def _filled(texts: Sequence[str], port: int) -> list[str]:
    return [text.replace("{port}", str(port)) for text in texts]


@contextmanager
def _process(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=folder, env=variables, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """A port that is not in use now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def listening(port: int) -> bool:
    """Whether connections are accepted there."""
    try:
        stream = await anyio.connect_tcp("127.0.0.1", port)
    except OSError:
        return False
    await stream.aclose()
    return True


async def inzwa_ready(port: int) -> bool:
    async with httpx.AsyncClient() as web:
        try:
            return (await web.get(f"http://127.0.0.1:{port}/readyz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
