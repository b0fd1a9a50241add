"""Inzwa on scripted engines as a process of its own, whose environment is a Space's: `python -m ... DATA PORT`."""

import sys

import anyio

from inzwa.process import prepare_process
from tests.serving import serving


async def main(data: str) -> None:
    """Says the address, then serves until stdin ends."""
    async with serving(page=True, data=data, requests_per_minute=10_000) as (url, _):
        print(url, flush=True)  # noqa: T201
        await anyio.to_thread.run_sync(sys.stdin.read)


if __name__ == "__main__":
    prepare_process()
    anyio.run(main, sys.argv[1])
