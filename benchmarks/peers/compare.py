"""Inzwa beside Pipecat, LiveKit Agents and speech-to-speech: the same models, sentences and client, turn by turn.

    python -m benchmarks.peers.compare [--environments FOLDER] [--turns 8] [--lanes NAME ...] [--json FILE]

Lanes, each a server of its own, kept open from first to last:

    inzwa-button      the user asks for the answer as soon as the last word is out
    pipecat-button    the same; Pipecat with no detector and no wait, so that what is left is the work
    livekit-button    the same, by LiveKit's push-to-talk
    s2s-button        the same; speech-to-speech is given the silence that its detector needs at once
    inzwa-free        silence ends the turn, by Inzwa's defaults
    pipecat-smart     silence ends the turn, by Pipecat's defaults: Silero, then Smart Turn v3
    pipecat-quick     silence ends the turn, by the fastest that Pipecat documents: Silero, then no further wait
    livekit-model     silence ends the turn, by LiveKit's defaults: Silero, then its local end-of-turn model
    livekit-quick     silence ends the turn, by the fastest that LiveKit documents: Silero, then no further wait
    s2s-smart         silence ends the turn, by its defaults: Silero, then Smart Turn v3 and 0.8 s of grace
    s2s-quick         silence ends the turn, by the fastest that it documents: Silero, then no further wait

In each round every lane gets the same sentence in real time, one lane after the other, each round beginning with
another lane, so that a busy machine slows all alike; only the lane whose turn it is hears anything. Time runs from the
last frame of speech to the first sound that the client gets; then the reply is stopped. The first rounds are left out.
"""

import argparse
import itertools
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import anyio

from benchmarks.peers.lane import Lane, figures, local_models
from benchmarks.peers.servers import Conditions, chat_server, livekit, pipecat, speech_server, speech_to_speech
from benchmarks.rig.figures import machine, table, write_report
from benchmarks.rig.inzwa_connection import open_inzwa
from benchmarks.rig.server import ROOT, inzwa_server
from benchmarks.rig.speech import sentences
from benchmarks.rig.user import Turn
from inzwa.events import Start, TurnMode
from inzwa.shona.dialogue.assistant import line

THREADS: Final = 2
TEMPERATURE: Final = 0.4
PEERS: Final = {"pipecat": pipecat, "livekit": livekit, "s2s": speech_to_speech}
ENVIRONMENTS: Final = {"pipecat": "pipecat", "livekit": "livekit", "s2s": "speech_to_speech"}
BUTTON: Final = ("inzwa-button", "pipecat-button", "livekit-button", "s2s-button")
FREE: Final = (
    "inzwa-free",
    "pipecat-smart",
    "pipecat-quick",
    "livekit-model",
    "livekit-quick",
    "s2s-smart",
    "s2s-quick",
)
RATIOS: Final = tuple((name, group[0]) for group in (BUTTON, FREE) for name in group[1:])


def peers_of(lanes: Sequence[str]) -> list[str]:
    """The products beside Inzwa that they belong to."""
    return [peer for peer in PEERS if any(name.startswith(f"{peer}-") for name in lanes)]


def conditions(options: argparse.Namespace) -> Conditions:
    return Conditions(
        environments=options.environments,
        models=local_models(),
        system=line("system", "en"),
        temperature=TEMPERATURE,
        reply_tokens=options.reply_tokens,
        threads=THREADS,
    )


@asynccontextmanager
async def lanes(options: argparse.Namespace) -> AsyncIterator[list[Lane]]:
    """Those that were asked for, open."""
    same = conditions(options)
    async with AsyncExitStack() as stack:
        inzwa_url = speech_url = ""
        if any(name.startswith("inzwa") for name in options.lanes):
            settings = {"max_new_tokens": options.reply_tokens, "temperature": TEMPERATURE, "threads": THREADS}
            server = await stack.enter_async_context(inzwa_server(idle_timeout_s=600, session_minutes=60, **settings))
            inzwa_url = server.url
        if {"livekit", "s2s"} & set(peers_of(options.lanes)):
            speech_url = await stack.enter_async_context(speech_server(same))
        opened: list[Lane] = []
        for name in options.lanes:
            product, _, turns = name.partition("-")
            if product in PEERS:
                llm_url = await stack.enter_async_context(chat_server(same, name))
                connection = await stack.enter_async_context(PEERS[product](same, turns, llm_url, speech_url))
            else:
                mode: TurnMode = "push_to_talk" if turns == "button" else "hands_free"
                connection = await stack.enter_async_context(open_inzwa(inzwa_url, Start(mode=mode)))
            opened.append(Lane(name, connection, turns == "button"))
        yield opened


async def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every round of every lane."""
    spoken = await sentences()
    async with lanes(options) as opened:
        for number, sentence in enumerate(itertools.islice(itertools.cycle(spoken), options.warm_up + options.turns)):
            start = number % len(opened)
            for lane in opened[start:] + opened[:start]:
                turn = await lane.take(sentence)
                print(told(number, lane.name, turn), flush=True)
                if number >= options.warm_up:
                    lane.turns.append(turn)
    return [figures(lane.name, lane.turns) for lane in opened]


def told(number: int, name: str, turn: Turn) -> str:
    """One line for each turn, while the run goes on."""
    took = "  lost" if turn.first_audio_ms is None else f"{turn.first_audio_ms:6.0f}"
    return f"{number + 1:>3} {name:<15} {took} ms  {turn.heard}"


def ratio(found: Sequence[dict[str, Any]], slower: str, faster: str) -> float | None:
    """How many times faster, at the median of the rounds that both answered."""
    by_name = {lane["lane"]: lane["first_audio_ms"] for lane in found}
    pairs = zip(by_name.get(slower, []), by_name.get(faster, []), strict=False)
    times = [slow / fast for slow, fast in pairs if slow and fast]
    return round(statistics.median(times), 2) if times else None


def summary_table(found: Sequence[dict[str, Any]], ratios: dict[str, float | None]) -> str:
    """The figures as text."""
    titles = ["lane", "turns", "P50 ms", "P95 ms", "worst ms", "decided after", "then answered", "lost"]
    keys = ["lane", "turns", "p50_ms", "p95_ms", "worst_ms", "decided_p50_ms", "answered_p50_ms", "lost"]
    shown = [f"{name}: {value:.1f} times" for name, value in ratios.items() if value is not None]
    return "\n".join([table(titles, [[lane[key] for key in keys] for lane in found]), *shown])


def missing(options: argparse.Namespace) -> list[str]:
    """Environments that the lanes need and that are not there."""
    peers = peers_of(options.lanes)
    needed = [ENVIRONMENTS[peer] for peer in peers] + (["models"] if peers else [])
    return [name for name in needed if not (options.environments / name / "bin" / "python").exists()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    everywhere = ROOT / ".venv" / "peers"
    parser.add_argument("--environments", type=Path, default=everywhere, help="folder of the peers' environments")
    parser.add_argument("--turns", type=int, default=8, help="counted rounds (8)")
    parser.add_argument("--warm-up", type=int, default=2, help="rounds before them, left out (2)")
    every = [*BUTTON, *FREE]
    parser.add_argument("--lanes", nargs="+", choices=every, default=every, metavar="NAME", help="which to run (all)")
    parser.add_argument("--reply-tokens", type=int, default=32, help="of one reply at most (32)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if lacking := missing(options):
        parser.error(f"no environment for {', '.join(lacking)}; benchmarks/peers/run.sh makes them")
    where = machine()
    found = anyio.run(measure, options)
    ratios = {f"{faster} faster than {slower}": ratio(found, slower, faster) for slower, faster in RATIOS}
    print(summary_table(found, ratios))
    if options.json:
        write_report(options.json, "peers", where, vars(options), {"lanes": found, "ratios": ratios})


if __name__ == "__main__":
    main()
