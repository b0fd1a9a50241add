"""A session on Inzwa's /ws/audio as a Connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.rig.user import Event
from inzwa.audio.pcm import Sound
from inzwa.cli.client import Client, open_client
from inzwa.events import Cancel, EndTurn, Start


class InzwaConnection:
    """A client of Inzwa as the benchmarks drive it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.sample_rate = client.sample_rate
        self.models: dict[str, str] = client.ready["models"]

    async def send_sound(self, sound: Sound) -> None:
        await self._client.send_sound(sound)

    async def end_turn(self) -> None:
        await self._client.send(EndTurn())

    async def cancel(self) -> None:
        await self._client.send(Cancel())

    async def receive(self) -> Event | Sound:
        return await self._client.receive()


@asynccontextmanager
async def open_inzwa(url: str, start: Start) -> AsyncIterator[InzwaConnection]:
    """A session on the server at `url`. inzwa.cli.client.Refused when it is not let in."""
    async with open_client(url, start) as client:
        yield InzwaConnection(client)
