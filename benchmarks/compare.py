"""Another commit and this tree side by side: one table, each round of the one followed by a round of the other.

    python -m benchmarks.compare [--base d648e91] [--rows talkers tokens] [--rounds 3] [--quick]
                                 [--json FILE [--add]]

The base is a git revision; the first time its worktree and its environment are made below ~/.cache/inzwa-bench by its
own `make setup` and `make models` (minutes). One server runs at a time. Both are driven by this tree's client over
/ws/audio with the same sound, and serve the same models.

    start         start to ready, memory, an idle server
    end-turn      a conversation in which the user asks for the answer
    hands-free    one in which silence ends the turn
    talkers       people who talk in turn with one server, as in benchmarks.sessions
    tokens        the language model alone, by each tree's own engine: prompts, single tokens
    set-up        both set up as on a bare machine: only where it is named; a quarter of an hour

Figures are over the values of all rounds, ratios this tree's over the base's. --add keeps the rounds that FILE has
already, so that a long comparison can be made in pieces.
"""

import argparse
import json
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import anyio

from benchmarks import ENVIRONMENT
from benchmarks.latency import LONG_SESSION, Plan, run_conversation
from benchmarks.rig.figures import machine, write_report
from benchmarks.rig.processor_time import measure_interval
from benchmarks.rig.server import HERE, ROOT, Tree, inzwa_server
from benchmarks.rig.side_by_side import BASE, OURS, Pair, Row, Values, comparison_table, figures
from benchmarks.rig.speech import sentences
from benchmarks.rig.talkers import run_level
from benchmarks.rig.trees import RevisionUnusable, set_up_time, tree_of
from benchmarks.rig.user import Turn
from inzwa.events import Start

FIRST_COMMIT: Final = "d648e91"
"""The commit that the aims are told from."""

TOKEN_SPEED: Final = ROOT / "benchmarks" / "rig" / "token_speed.py"
MODELS: Final = {"models": "embedded"}
IDLE_S: Final = 10.0
SETTLE_S: Final = 2.0
"""From ready to when an idle server is looked at."""

ROWS: Final = (
    Row("end_turn to first sound (ms)", "end_turn_ms", "P50", "250"),
    Row("end_turn to first sound (ms)", "end_turn_ms", "P95", "500"),
    Row("hands-free: decision to first sound (ms)", "decision_ms", "P50", "30"),
    Row("hands-free: decision to first sound (ms)", "decision_ms", "P95", "150"),
    Row("hands-free: end of speech to first sound (ms)", "hands_free_ms", "P50", "450"),
    Row("hands-free: end of speech to first sound (ms)", "hands_free_ms", "P95"),
    Row("hands-free: silence waited (ms)", "silence_ms", "P50"),
    Row("turns without an answer", "lost", "sum", "0"),
    Row("start to ready (s)", "ready_s", "P50", "5"),
    Row("memory, ready (MB)", "ready_mb", "P50", "750"),
    Row("memory, after a conversation (MB)", "after_mb", "P50"),
    Row("idle server (% of one core)", "idle_percent", "P50", "0.5"),
    Row("talkers: first sound (ms)", "talkers_ms", "P50"),
    Row("talkers: first sound (ms)", "talkers_ms", "P95", "1200"),
    Row("talkers: CPU (% of all cores)", "talkers_cpu_percent", "P50", "80"),
    Row("talkers: processor ms a turn", "talkers_cpu_ms", "P50", "1000"),
    Row("talkers: memory (MB)", "talkers_mb", "P50"),
    Row("talkers: turns answered", "talkers_turns", "sum"),
    Row("talkers: turns lost", "talkers_lost", "sum", "0"),
    Row("single tokens/s after 550 tokens", "single_tokens_per_s", "P50", "1.6x"),
    Row("prompt tokens/s", "prompt_tokens_per_s", "P50", "2x"),
    Row("set-up (s)", "set_up_s", "P50", "0.6x"),
    Row("set-up, processor time (s)", "set_up_cpu_s", "P50"),
)

Measure = Callable[[Tree, argparse.Namespace], Awaitable[Values]]
"""One tree's round of a section."""


async def start(tree: Tree, _options: argparse.Namespace) -> Values:
    """A server that nobody talks with."""
    async with inzwa_server(tree, **MODELS) as server:
        ready_mb = server.usage().resident_mb
        await anyio.sleep(SETTLE_S)
        idle = await measure_interval(server, IDLE_S)
    idle_percent = 100 * idle.cpu_s / (idle.ended_s - idle.began_s)
    return {"ready_s": [server.ready_s], "ready_mb": [ready_mb], "idle_percent": [idle_percent]}


async def end_turn(tree: Tree, options: argparse.Namespace) -> Values:
    """A server of its own, with one conversation."""
    plan = Plan("end_turn", Start(mode="push_to_talk"), options.turns, options.warm_up, asked=True, paced=True)
    turns, after_mb = await converse_alone(tree, plan)
    return {
        "end_turn_ms": [turn.first_audio_ms for turn in turns],
        "after_mb": [after_mb],
        "lost": [sum(turn.lost for turn in turns)],
    }


async def hands_free(tree: Tree, options: argparse.Namespace) -> Values:
    """The same with silence for a button."""
    plan = Plan("hands-free", Start(), options.hands_free_turns, options.warm_up, asked=False, paced=True)
    turns, _ = await converse_alone(tree, plan)
    return {
        "decision_ms": [turn.answer_ms for turn in turns],
        "silence_ms": [turn.silence_ms for turn in turns],
        "hands_free_ms": [turn.first_audio_ms for turn in turns],
        "lost": [sum(turn.lost for turn in turns)],
    }


async def converse_alone(tree: Tree, plan: Plan) -> tuple[list[Turn], float]:
    """The counted turns of one conversation, and the server's megabytes after it."""
    spoken = await sentences()
    async with inzwa_server(tree, **MODELS, **LONG_SESSION) as server:
        turns = await run_conversation(server.url, plan, spoken, lambda _: None)
        return turns, server.usage().resident_mb


async def talkers(tree: Tree, options: argparse.Namespace) -> Values:
    """A server of its own with many conversations, replies short."""
    settings = {"max_sessions": options.talkers, "max_new_tokens": options.reply_tokens, "session_minutes": 60}
    spoken = await sentences()
    async with inzwa_server(tree, **MODELS, **settings) as server:
        level = await run_level(server, options.talkers, spoken, options.seconds)
    found = level.figures()
    return {
        "talkers_ms": found["first_audio_ms"],
        "talkers_cpu_percent": [found["cpu_percent"]],
        "talkers_cpu_ms": [found["cpu_ms_a_turn"]],
        "talkers_mb": [found["memory_mb"]],
        "talkers_turns": [found["turns"] - found["lost"]],
        "talkers_lost": [found["lost"] + found["refused"] + found["dropped"]],
    }


async def tokens(tree: Tree, _options: argparse.Namespace) -> Values:
    """The tree's own engine, in a process of its own."""
    environment = {**ENVIRONMENT, "PYTHONPATH": str(tree.folder), "INZWA_MODELS": MODELS["models"]}
    command = [str(tree.python), "-P", str(TOKEN_SPEED)]
    done = await anyio.run_process(command, cwd=tree.folder, env=environment, stderr=None)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{tree.name}: {found['model']}")
    return {name: found[name] for name in ("single_tokens_per_s", "prompt_tokens_per_s")}


async def set_up(tree: Tree, options: argparse.Namespace) -> Values:
    """As on a bare machine; of this tree what was committed last."""
    taken = await anyio.to_thread.run_sync(set_up_time, "HEAD" if tree == HERE else options.base)
    return {"set_up_s": [taken.wall_s], "set_up_cpu_s": [taken.cpu_s]}


SECTIONS: Final[dict[str, Measure]] = {
    "start": start,
    "end-turn": end_turn,
    "hands-free": hands_free,
    "talkers": talkers,
    "tokens": tokens,
    "set-up": set_up,
}


async def take_rounds(
    trees: Mapping[str, Tree],
    options: argparse.Namespace,
    rounds: list[Pair],
    keep: Callable[[], None],
    sections: Mapping[str, Measure] = SECTIONS,
) -> None:
    """Every round: each section of the base, then of this tree. They are added to `rounds`, and then `keep` is called.

    A set-up is measured once, whatever the number of rounds.
    """
    for number in range(options.rounds):
        for name in options.rows:
            if name == "set-up" and number:
                continue
            pair: dict[str, Values] = {}
            for who, tree in trees.items():
                print(f"round {number + 1}/{options.rounds}, {name}: {tree.name}", flush=True)
                pair[who] = await sections[name](tree, options)
            rounds.append(pair)
            keep()


def earlier_rounds(options: argparse.Namespace, base: Tree) -> list[Pair]:
    """Those of the file that are to be kept; SystemExit where they are of another base."""
    if not (options.add and options.json and options.json.exists()):
        return []
    found: dict[str, Any] = json.loads(options.json.read_text(encoding="utf-8"))["results"]
    if found["base"] != base.name:
        raise SystemExit(f"{options.json} compares with {found['base']}, not with {base.name}")
    rounds: list[Pair] = found["rounds"]
    return rounds


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default=FIRST_COMMIT, help=f"git revision to compare with ({FIRST_COMMIT})")
    parser.add_argument("--rows", nargs="+", choices=SECTIONS, default=list(SECTIONS)[:-1], help="what to measure")
    parser.add_argument("--rounds", type=int, default=3, help="of each tree (3)")
    parser.add_argument("--quick", action="store_true", help="one short round: whether it works, not how fast")
    parser.add_argument("--turns", type=int, default=8, help="with end_turn, a round (8)")
    parser.add_argument("--hands-free-turns", type=int, default=6, help="hands-free, a round (6)")
    parser.add_argument("--warm-up", type=int, default=2, help="turns before either, left out (2)")
    parser.add_argument("--talkers", type=int, default=10, help="conversations at once (10)")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the talkers, a round (60)")
    parser.add_argument("--reply-tokens", type=int, default=32, help="of the talkers' replies at most (32)")
    parser.add_argument("--json", type=Path, help="file for the figures, every value among them")
    parser.add_argument("--add", action="store_true", help="to the rounds that FILE has already")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.turns, options.hands_free_turns, options.seconds = 1, 3, 3, 20.0
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    options, where = parsed(arguments), machine()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the server of the moment ends, too
    try:
        trees = {BASE: tree_of(options.base), OURS: HERE}
    except RevisionUnusable as error:
        raise SystemExit(str(error)) from None
    rounds = earlier_rounds(options, trees[BASE])

    def keep() -> None:
        if options.json:
            found = {"base": trees[BASE].name, "rounds": rounds, "rows": list(figures(rounds, ROWS))}
            write_report(options.json, "compare", where, vars(options), found)

    anyio.run(take_rounds, trees, options, rounds, keep)
    print(
        f"\n{where['processor']}, {where['cores']} cores; load before the run {where['load_1_min']}; "
        f"{options.talkers} talkers"
    )
    print(comparison_table(list(figures(rounds, ROWS)), trees[BASE].name))


if __name__ == "__main__":
    main()
