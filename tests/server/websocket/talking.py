"""What the socket's tests share: a bare socket, and what it receives."""

import json
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


def kinds(record) -> list[str]:
    return [event["type"] for event in record.events]


@asynccontextmanager
async def raw_socket(url: str, **headers: str):
    """A socket on which nothing has been sent yet."""
    address = url.replace("http", "ws") + "/ws/audio"
    async with connect(address, additional_headers=headers, compression=None, max_size=None) as socket:
        yield socket


async def answer(socket) -> dict:
    return json.loads(await socket.recv())


async def close_code(socket) -> int:
    """The code that the server closes with; what it sends before is ignored."""
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass
    return socket.close_code
