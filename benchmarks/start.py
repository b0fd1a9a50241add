"""How long a start takes with every model in the cache: verifying the files, and from nothing to ready.

Verifying hashes nothing that was hashed before: it compares size, time of change and inode with what was written down.
"""

import argparse
import statistics
import time
from collections.abc import Sequence

import anyio

from benchmarks.rig.server import inzwa_server
from inzwa.engines.selection import EMBEDDED, open_store
from inzwa.settings import load_settings


def verifying_ms(rounds: int) -> list[float]:
    """Milliseconds to find and verify the four small models, each round anew."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        store = open_store(load_settings({}))
        missing = [name for name in EMBEDDED.values() if store.find(name) is None]
        found.append((time.perf_counter() - began) * 1000)
        if missing:
            raise SystemExit(f"not in the cache: {', '.join(missing)}; `python -m inzwa models fetch` first")
    return found


async def ready_s(rounds: int) -> list[float]:
    """Seconds from starting a server's process to its saying that it is ready."""
    found = []
    for _ in range(rounds):
        async with inzwa_server(models="embedded") as server:
            found.append(server.ready_s)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args(arguments).rounds
    verifying = verifying_ms(rounds)
    print(f"verifying four cached models: median {statistics.median(verifying):.0f} ms, worst {max(verifying):.0f} ms")
    ready = anyio.run(ready_s, rounds)
    print(f"start to ready, all cached: median {statistics.median(ready):.1f} s, worst {max(ready):.1f} s")


if __name__ == "__main__":
    main()
