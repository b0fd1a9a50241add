"""Tokens a second at 550 tokens of context by how many threads decode, alone and beside other work.

    python -m benchmarks.llm_threads [--rounds 3] [--tokens 24] [--beside nothing stranger bursts recogniser voice]

One thread, two threads, and as many as there are free cores at each token (what Inzwa does) decode with the same model
in turns. Beside them runs nothing; another process that keeps a core busy, or does so in bursts of 30 ms; or, in
another thread of this process, the recogniser or the voice, one call after another. `slowest` is the slowest token of
all rounds; `cpu` is processor time of this process a token, with what runs beside in it.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from benchmarks.rig.figures import machine, table, write_report
from benchmarks.rig.speech import sentences
from inzwa.engines.llm.batching.kv_cache import SequenceSlot
from inzwa.engines.llm.batching.scheduler import ScheduledTokens
from inzwa.engines.llm.llama.bindings import ContextSize, LlamaRunner, open_model, open_runner
from inzwa.engines.registry import open_stage
from inzwa.hardware.processor import free_cores
from inzwa.models.store import Store, default_cache
from inzwa.protocols import HearOptions, Stage, VoiceOptions
from inzwa.settings import load_settings

CONTEXT_TOKENS: Final = 550
CHUNK: Final = 55
SIZE: Final = ContextSize(cells=1024, sequences=2, batch_tokens=64, threads=2)
PHRASE: Final = "Mangwanani, makadii henyu nhasi?"
BUSY: Final = "while True: pass"
BURSTS: Final = """
import time
while True:
    until = time.perf_counter() + 0.03
    while time.perf_counter() < until: pass
    time.sleep(0.03)
"""
WAYS: Final[dict[str, Callable[[int], int]]] = {
    "one thread": lambda _: 1,
    "two threads": lambda _: 2,
    "free cores": free_cores,
}


class Run(NamedTuple):
    """One way for some tokens."""

    tokens_per_s: float
    slowest_ms: float
    cpu_ms: float


def decode(runner: LlamaRunner, tokens: int) -> Run:
    """Read the context anew, then time `tokens` single tokens."""
    slot = SequenceSlot(0)
    runner.truncate(0, 0)
    for _ in range(CONTEXT_TOKENS // CHUNK):
        _append(runner, slot, tuple(range(100, 100 + CHUNK)))
    cpu_s, times = time.process_time(), []
    for number in range(tokens):
        began = time.perf_counter()
        _append(runner, slot, (1000 + number,))
        times.append(time.perf_counter() - began)
    return Run(tokens / sum(times), max(times) * 1000, (time.process_time() - cpu_s) * 1000 / tokens)


def _append(runner: LlamaRunner, slot: SequenceSlot, tokens: tuple[int, ...]) -> None:
    runner.decode([ScheduledTokens(slot, tokens, True)])
    slot.tokens.extend(tokens)


@contextmanager
def process(program: str) -> Iterator[None]:
    """Another Python that runs the program for the block."""
    other = subprocess.Popen([sys.executable, "-c", program])
    try:
        yield
    finally:
        other.kill()
        other.wait()


@asynccontextmanager
async def repeated(stage: Stage) -> AsyncIterator[None]:
    """That stage of Inzwa at work for the block, one call after another."""
    async with open_stage(load_settings(), stage, lambda _report: None) as engine:
        sentence = (await sentences())[0].sound if stage == "asr" else None

        async def call() -> None:
            if sentence is not None:
                await engine.transcribe(sentence, HearOptions())
                return
            async with aclosing(engine.speak(PHRASE, VoiceOptions())) as chunks:
                async for _ in chunks:
                    pass

        async with asyncio.TaskGroup() as group:
            task = group.create_task(_forever(call))
            yield
            task.cancel()


async def _forever(call: Callable[[], Awaitable[Any]]) -> None:
    while True:
        await call()


@asynccontextmanager
async def beside(what: str) -> AsyncIterator[None]:
    """That at work for the block."""
    stages: dict[str, Stage] = {"recogniser": "asr", "voice": "tts"}
    if what in stages:
        async with repeated(stages[what]):
            yield
    elif what == "nothing":
        yield
    else:
        with process(BURSTS if what == "bursts" else BUSY):
            yield


async def measure(neighbours: list[str], rounds: int, tokens: int) -> list[dict[str, Any]]:
    """A row for each neighbour and way."""
    rows = []
    model = Store(default_cache()).fetch("smollm2-135m").path(".gguf")
    with open_model(model) as weights:
        for neighbour in neighbours:
            runs: dict[str, list[Run]] = {way: [] for way in WAYS}
            async with beside(neighbour):
                for _ in range(rounds):
                    for way, free in WAYS.items():
                        with open_runner(weights, SIZE, free=free) as runner:
                            runs[way].append(await asyncio.to_thread(decode, runner, tokens))
            rows += [_row(neighbour, way, found) for way, found in runs.items()]
    return rows


def _row(neighbour: str, way: str, runs: list[Run]) -> dict[str, Any]:
    return {
        "beside": neighbour,
        "way": way,
        "tokens_per_s": round(median(run.tokens_per_s for run in runs), 1),
        "slowest_ms": round(max(run.slowest_ms for run in runs)),
        "cpu_ms": round(median(run.cpu_ms for run in runs), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=24)
    parser.add_argument("--beside", nargs="+", default=["nothing", "stranger", "bursts", "recogniser", "voice"])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    where = machine()
    rows = asyncio.run(measure(options.beside, options.rounds, options.tokens))
    print(where["processor"])
    print(table(list(rows[0]), [list(row.values()) for row in rows]))
    if options.json:
        write_report(options.json, "llm_threads", where, vars(options), {"rows": rows})


if __name__ == "__main__":
    main()
