"""Inzwa against Pipecat: the same models, the same sentences, the same client, turn by turn on one machine.

    python -m benchmarks.peers.compare --pipecat-python PATH [--turns 8] [--lanes NAME ...] [--json FILE]

Five lanes, each a server of its own, kept open from first to last:

    inzwa-button      the user asks for the answer as soon as the last word is out
    pipecat-button    the same; Pipecat with no detector and no wait, so that what is left is the work
    inzwa-free        silence ends the turn, by Inzwa's defaults
    pipecat-smart     silence ends the turn, by Pipecat's defaults: Silero, then Smart Turn v3
    pipecat-quick     silence ends the turn, by the fastest that Pipecat documents: Silero, then no further wait

In each round every lane gets the same sentence in real time, one lane after the other, each round beginning with
another lane, so that a busy machine slows all alike; only the lane whose turn it is hears anything. Time runs from the
last frame of speech to the first sound that the client gets; then the reply is stopped. The first rounds are left out.
"""

import argparse
import itertools
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio

from benchmarks.peers.pipecat_connection import open_pipecat
from benchmarks.rig.figures import machine, spread, table, write_report
from benchmarks.rig.inzwa_connection import open_inzwa
from benchmarks.rig.server import ROOT, inzwa_server, listening, running
from benchmarks.rig.speech import Sentence, sentences
from benchmarks.rig.user import Connection, Microphone, Turn, converse, rest, sounding, take_turn
from inzwa.engines.tts.text.piper import read_piper_config
from inzwa.events import Start, TurnMode
from inzwa.models.store import Store, default_cache
from inzwa.shona.dialogue.assistant import line

BOT: Final = ROOT / "benchmarks" / "peers" / "pipecat" / "bot.py"
THREADS: Final = 2
TEMPERATURE: Final = 0.4
CALM_S: Final = 0.8
"""Of silence before every sentence, while the reply before it dies away."""

LIMIT_S: Final = 15.0
"""After which an answer counts as lost."""

MODEL_NAMES: Final = ("whisper-base", "smollm2-135m", "joe-medium")


@dataclass(slots=True)
class Lane:
    """One way of answering."""

    name: str
    connection: Connection
    asked: bool
    """Whether the user asks for the answer."""
    turns: list[Turn] = field(default_factory=list)

    async def take(self, sentence: Sentence) -> Turn:
        """One turn, up to its first sound."""
        found: list[Turn] = []

        async def talk(connection: Connection, microphone: Microphone) -> None:
            await rest(connection, CALM_S)
            say = microphone.speak
            found.append(
                await take_turn(connection, say, sentence.sound, asked=self.asked, enough=sounding, limit_s=LIMIT_S)
            )
            await connection.cancel()
            await rest(connection, CALM_S)

        await converse(self.connection, talk)
        return found[0]


@dataclass(frozen=True, slots=True)
class Models:
    """The files that both sides run."""

    whisper: Path
    llm: Path
    voice: Path
    voice_rate: int


def local_models() -> Models:
    store = Store(default_cache())
    whisper, llm, voice = (store.fetch(name) for name in MODEL_NAMES)
    rate = read_piper_config(voice.path(".onnx.json")).sample_rate
    return Models(Path(whisper.folder), Path(llm.path(".gguf")), Path(voice.path(".onnx")), rate)


@asynccontextmanager
async def llm_server(python: str, models: Models) -> AsyncIterator[str]:
    """llama-cpp-python's own server, which Pipecat's OpenAI service talks to."""
    command = [python, "-m", "llama_cpp.server", "--model", str(models.llm), "--n_ctx", "2048"]
    command += ["--n_threads", str(THREADS), "--n_threads_batch", str(THREADS), "--host", "127.0.0.1", "--port"]
    async with running("pipecat-llm", [*command, "{port}"], {}, listening) as server:
        yield server.url


@asynccontextmanager
async def pipecat(
    options: argparse.Namespace, models: Models, llm_url: str, turns: str, session: Sequence[str]
) -> AsyncIterator[Connection]:
    """The bot, and a conversation with it."""
    python = options.pipecat_python
    command = [python, str(BOT), "--port", "{port}", "--turns", turns, "--llm-url", llm_url, *session]
    command += ["--whisper", str(models.whisper), "--voice", str(models.voice), "--out-rate", str(models.voice_rate)]
    threads = {"OMP_NUM_THREADS": str(THREADS), "HF_HUB_OFFLINE": "1"}
    async with (
        running(f"pipecat-{turns}", command, threads, listening) as server,
        open_pipecat(server.url, models.voice_rate, button=turns == "button") as opened,
    ):
        yield opened


@asynccontextmanager
async def lanes(options: argparse.Namespace) -> AsyncIterator[list[Lane]]:
    """Those that were asked for, open."""
    async with AsyncExitStack() as stack:
        opened: list[Lane] = []

        async def join(name: str, connection: AbstractAsyncContextManager[Connection]) -> None:
            opened.append(Lane(name, await stack.enter_async_context(connection), name.endswith("button")))

        if any(name.startswith("inzwa") for name in options.lanes):
            settings = {"max_new_tokens": options.reply_tokens, "temperature": TEMPERATURE, "threads": THREADS}
            server = await stack.enter_async_context(inzwa_server(idle_timeout_s=600, session_minutes=60, **settings))
        if any(name.startswith("pipecat") for name in options.lanes):
            models = local_models()
            llm_url = await stack.enter_async_context(llm_server(options.pipecat_python, models))
        session = ["--language", "sn", "--system", line("system", "en"), "--temperature", str(TEMPERATURE)]
        session += ["--max-tokens", str(options.reply_tokens)]
        for name in options.lanes:
            product, _, turns = name.partition("-")
            if product == "pipecat":
                await join(name, pipecat(options, models, llm_url, turns, session))
            else:
                mode: TurnMode = "push_to_talk" if turns == "button" else "hands_free"
                await join(name, open_inzwa(server.url, Start(mode=mode)))
        yield opened


async def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every round of every lane."""
    spoken = await sentences()
    async with lanes(options) as opened:
        for number, sentence in enumerate(itertools.islice(itertools.cycle(spoken), options.warm_up + options.turns)):
            start = number % len(opened)
            for lane in opened[start:] + opened[:start]:
                turn = await lane.take(sentence)
                print(f"{number + 1:>3} {lane.name:<15} {turn.first_audio_ms or 0:6.0f} ms  {turn.heard}", flush=True)
                if number >= options.warm_up:
                    lane.turns.append(turn)
    return [figures(lane.name, lane.turns) for lane in opened]


def figures(name: str, turns: Sequence[Turn]) -> dict[str, Any]:
    """One lane as it is written."""
    first = spread(turn.first_audio_ms for turn in turns)
    return {
        "lane": name,
        "turns": len(turns),
        "p50_ms": first.p50,
        "p95_ms": first.p95,
        "worst_ms": first.worst,
        "decided_p50_ms": spread(turn.silence_ms for turn in turns).p50,
        "answered_p50_ms": spread(turn.answer_ms for turn in turns).p50,
        "lost": sum(turn.lost for turn in turns),
        "first_audio_ms": [turn.first_audio_ms for turn in turns],
        "heard": [turn.heard for turn in turns],
    }


def ratio(found: Sequence[dict[str, Any]], slower: str, faster: str) -> float | None:
    """How many times faster, at the median of the rounds that both answered."""
    by_name = {lane["lane"]: lane["first_audio_ms"] for lane in found}
    pairs = zip(by_name.get(slower, []), by_name.get(faster, []), strict=False)
    times = [slow / fast for slow, fast in pairs if slow and fast]
    return round(statistics.median(times), 2) if times else None


RATIOS: Final = (
    ("pipecat-button", "inzwa-button"),
    ("pipecat-smart", "inzwa-free"),
    ("pipecat-quick", "inzwa-free"),
)
LANES: Final = ("inzwa-button", "pipecat-button", "inzwa-free", "pipecat-smart", "pipecat-quick")


def summary_table(found: Sequence[dict[str, Any]], ratios: dict[str, float | None]) -> str:
    """The figures as text."""
    titles = ["lane", "turns", "P50 ms", "P95 ms", "worst ms", "decided after", "then answered", "lost"]
    keys = ["lane", "turns", "p50_ms", "p95_ms", "worst_ms", "decided_p50_ms", "answered_p50_ms", "lost"]
    shown = [f"{name}: {value:.1f} times" for name, value in ratios.items() if value is not None]
    return "\n".join([table(titles, [[lane[key] for key in keys] for lane in found]), *shown])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipecat-python", default="", help="Python of the environment that holds Pipecat")
    parser.add_argument("--turns", type=int, default=8, help="counted rounds (8)")
    parser.add_argument("--warm-up", type=int, default=2, help="rounds before them, left out (2)")
    parser.add_argument("--lanes", nargs="+", choices=LANES, default=list(LANES), help="which to run (all)")
    parser.add_argument("--reply-tokens", type=int, default=32, help="of one reply at most (32)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if not options.pipecat_python and any(name.startswith("pipecat") for name in options.lanes):
        parser.error("--pipecat-python is needed; benchmarks/peers/run.sh makes the environment and names it")
    where = machine()
    found = anyio.run(measure, options)
    ratios = {f"{faster} faster than {slower}": ratio(found, slower, faster) for slower, faster in RATIOS}
    print(summary_table(found, ratios))
    if options.json:
        write_report(options.json, "peers", where, vars(options), {"lanes": found, "ratios": ratios})


if __name__ == "__main__":
    main()
