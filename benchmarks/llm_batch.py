"""Tokens a second: llama-cpp-python's own chat call, one after another, against ours alone and eight at once.

    python benchmarks/llm_batch.py [--rounds 5] [--tokens 48] [--model NAME] [--json FILE]

All three use the same file, threads, sampling and questions, in the same process, and take turns round by round, so
that other load on the machine affects all alike. A round's figure is the tokens made over the time taken, prompts
included. `ratio` compares with the chat call of the same round (median over rounds). On a machine that is busy with
other work, run with `--threads 1` and read the columns of processor time, which waiting does not use (with more threads
they spin at each barrier, and that is counted too).
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from llama_cpp import Llama as ChatCall

from inzwa.engines.llm.llama.engine import Llama, open_llama
from inzwa.models.local_model import LocalModel
from inzwa.models.store import Store, default_cache
from inzwa.protocols import ChatOptions, Message

AT_ONCE = 8
SYSTEM = Message("system", "You are a kind helper who explains things to a child, at length and with examples.")
TOPICS = ("rain", "bees", "the moon", "bread", "rivers", "wind", "trees", "salt")


@dataclass(frozen=True, slots=True)
class Figure:
    """One way of answering, over all rounds."""

    way: str
    tokens_per_s: tuple[float, ...]
    """Tokens a second of each round, by the clock."""
    ratios: tuple[float, ...]
    """Each round's figure over that of the chat call in the same round."""
    tokens_per_cpu_s: tuple[float, ...]
    """The same by processor time, all threads together."""
    cpu_ratios: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """Both engines on one model, and what they are asked."""

    ours: Llama
    theirs: ChatCall
    options: ChatOptions

    def messages(self, topic: str) -> tuple[Message, Message]:
        return SYSTEM, Message("user", f"Explain {topic} to me.")

    async def chat_calls(self) -> int:
        """All topics through create_chat_completion, one after another."""
        return sum(map(self._chat_call, TOPICS))

    async def ours_alone(self) -> int:
        """All topics, one after another."""
        return sum([await self._reply(topic) for topic in TOPICS])

    async def ours_at_once(self) -> int:
        """All topics at the same time."""
        async with asyncio.TaskGroup() as group:
            replies = [group.create_task(self._reply(topic)) for topic in TOPICS]
        return sum(reply.result() for reply in replies)

    def _chat_call(self, topic: str) -> int:
        lines = [{"role": message.role, "content": message.content} for message in self.messages(topic)]
        options = self.options
        answer = self.theirs.create_chat_completion(
            lines,
            max_tokens=options.max_new_tokens,
            temperature=options.temperature,
            top_p=options.top_p,
            repeat_penalty=options.repeat_penalty,
            seed=options.seed,
            stream=True,
        )
        return sum("content" in chunk["choices"][0]["delta"] for chunk in answer)

    async def _reply(self, topic: str) -> int:
        async with aclosing(self.ours.reply(self.messages(topic), self.options)) as pieces:
            return sum([1 async for _ in pieces])


@contextmanager
def open_bench(model: LocalModel, threads: int, tokens: int) -> Iterator[Bench]:
    """Both engines, loaded; each answers one topic before anything is counted."""
    theirs = ChatCall(
        str(model.path(".gguf")), n_ctx=4096, n_threads=threads, n_threads_batch=threads, n_gpu_layers=0, verbose=False
    )
    try:
        with open_llama(model, threads=threads, max_sequences=AT_ONCE) as ours:
            yield Bench(ours, theirs, ChatOptions(max_new_tokens=tokens, seed=1))
    finally:
        theirs.close()


async def speeds(way: Callable[[], Awaitable[int]]) -> tuple[float, float]:
    """Tokens a second of one round: by the clock, by processor time."""
    began, busy = time.perf_counter(), time.process_time()
    tokens = await way()
    return tokens / (time.perf_counter() - began), tokens / (time.process_time() - busy)


async def measure(bench: Bench, rounds: int) -> list[Figure]:
    """Every way once a round; a first round is discarded."""
    ways = {
        "create_chat_completion, one by one": bench.chat_calls,
        "inzwa, one by one": bench.ours_alone,
        f"inzwa, {AT_ONCE} at once": bench.ours_at_once,
    }
    measured = [[await speeds(way) for way in ways.values()] for _ in range(rounds + 1)][1:]
    columns = [tuple(zip(*column, strict=True)) for column in zip(*measured, strict=True)]
    first_clock, first_cpu = columns[0]
    return [
        Figure(way, clock, ratios(clock, first_clock), cpu, ratios(cpu, first_cpu))
        for way, (clock, cpu) in zip(ways, columns, strict=True)
    ]


def ratios(figures: Sequence[float], others: Sequence[float]) -> tuple[float, ...]:
    """Each figure over the other of its round."""
    return tuple(one / other for one, other in zip(figures, others, strict=True))


def show(figures: list[Figure]) -> None:
    """A table for people."""
    print(f"{'way':36} {'tokens/s':>9} {'ratio':>6} {'tokens/CPU s':>13} {'ratio':>6}")
    for figure in figures:
        clock, cpu = median(figure.tokens_per_s), median(figure.tokens_per_cpu_s)
        print(f"{figure.way:36} {clock:9.1f} {median(figure.ratios):6.2f} {cpu:13.1f} {median(figure.cpu_ratios):6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=48, help="tokens a reply")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default="smollm2-135m", help="a name in the catalogue")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    model = Store(default_cache()).fetch(arguments.model)
    with open_bench(model, arguments.threads, arguments.tokens) as bench:
        figures = asyncio.run(measure(bench, arguments.rounds))
    show(figures)
    if arguments.json:
        facts = {
            "model": arguments.model,
            "threads": arguments.threads,
            "tokens": arguments.tokens,
            "cores": os.cpu_count(),
        }
        arguments.json.write_text(
            json.dumps({**facts, "figures": [asdict(figure) for figure in figures]}, indent=2) + "\n"
        )


if __name__ == "__main__":
    main()
