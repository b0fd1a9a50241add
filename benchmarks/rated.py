"""How soon a rating is answered over the socket, and what a storm of ratings does to the talk.

    python -m benchmarks.rated [--rounds 6] [--turns 4] [--folder DIR] [--json FILE]

One person types turns to Inzwa with its own models; in every other round, PEOPLE others rate meanwhile, each on a
socket of their own, 40 ratings a second together (200 in 5 s). A rating's time is from sending `rate` to receiving
`rated`, which comes when it is on disk. First audio is from the typed text to the first sound; the ratio is of the
medians of the rounds with and without ratings, which take turns.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import anyio
from gradio_client import Client as GradioClient
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.rig.figures import machine, spread, table, write_report
from benchmarks.rig.server import inzwa_server
from inzwa.cli.client import Client, open_client
from inzwa.events import TypedText

PEOPLE: Final = 8
PERIOD_S: Final = PEOPLE / 40
"""Between two ratings of one person."""
TEXT: Final = "Mhoroi, makadii?"


async def talk(client: Client, turns: int) -> list[float | None]:
    """Milliseconds to the first sound of each of so many turns, each waited for before the next."""
    first: list[float | None] = []
    for _ in range(turns):
        asked_s = await client.send(TypedText(TEXT))
        turn = await client.turn(asked_s)
        first.append(turn.first_audio_ms)
    return first


async def rate_on(url: str, conversation: str, code: str, place: int, took: list[float]) -> None:
    """Rate the conversation's first turn, again and again, until cancelled; milliseconds of each into `took`.

    `place` spreads those who rate over the period.
    """
    address = url.replace("http", "ws", 1) + "/ws/audio"
    async with connect(address, compression=None) as socket:
        await socket.send('{"type":"start"}')
        await socket.recv()
        await anyio.sleep(PERIOD_S * place / PEOPLE)
        number = 0
        while True:
            began = time.perf_counter()
            await rate_once(socket, conversation, code, f"{id(socket)}-{number}")
            took.append((time.perf_counter() - began) * 1000)
            number += 1
            await anyio.sleep(max(0.0, PERIOD_S - (time.perf_counter() - began)))


async def rate_once(socket: ClientConnection, conversation: str, code: str, key: str) -> None:
    """Send one rating and wait for its answer. RuntimeError where it is not `rated`."""
    about = {"turn": 1, "conversation": conversation, "contributor": code, "key": key}
    await socket.send(json.dumps({"type": "rate", **about, "verdict": "up", "comment": key}))
    answer = json.loads(await socket.recv())
    if answer["type"] != "rated":
        raise RuntimeError(answer)


async def measure(url: str, rounds: int, turns: int) -> tuple[list[float], dict[bool, list[float | None]]]:
    """Milliseconds of ratings, and of first audio by whether there were ratings."""
    script = await anyio.to_thread.run_sync(lambda: GradioClient(url, verbose=False))
    codes = [script.predict(text=True, api_name="/consent")["code"] for _ in range(PEOPLE)]
    took: list[float] = []
    first: dict[bool, list[float | None]] = {False: [], True: []}
    async with open_client(url) as client:
        await talk(client, 2)  # warm
        for number in range(2 * rounds):
            storm = bool(number % 2)
            async with anyio.create_task_group() as tasks:
                for place, code in enumerate(codes if storm else ()):
                    tasks.start_soon(rate_on, url, client.ready["conversation"], code, place, took)
                first[storm] += await talk(client, turns)
                tasks.cancel_scope.cancel()
    return took, first


async def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was found."""
    with tempfile.TemporaryDirectory(dir=arguments.folder, prefix="rated-") as data:
        async with inzwa_server(data=data, requests_per_minute=100_000, models="embedded") as server:
            took, first = await measure(server.url, arguments.rounds, arguments.turns)
    ratings, quiet, storm = spread(took), spread(first[False]), spread(first[True])
    rows = [
        (name, each.count, each.p50, each.p95, each.worst)
        for name, each in (("rate to rated", ratings), ("first audio", quiet), ("first audio, with ratings", storm))
    ]
    ratio = round((storm.p50 or 0.0) / (quiet.p50 or 1.0), 3)
    print(table(("", "count", "P50 ms", "P95 ms", "worst ms"), rows))
    print(f"First audio with ratings to without, of the medians: {ratio}")
    return {"rows": [list(row) for row in rows], "first_audio_ratio": ratio}


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6, help="of each kind (6)")
    parser.add_argument("--turns", type=int, default=4, help="in each round (4)")
    parser.add_argument("--folder", type=Path, default=Path(), help="where the data folder is made for the run (.)")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    arguments = parser.parse_args()
    where = machine()
    found = anyio.run(run, arguments)
    if arguments.json:
        write_report(arguments.json, "rated", where, {"rounds": arguments.rounds, "turns": arguments.turns}, found)


if __name__ == "__main__":
    main()
