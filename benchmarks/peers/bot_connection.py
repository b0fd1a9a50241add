"""A session with pipecat/bot.py or livekit/agent.py as a Connection: bare PCM16 both ways, events as JSON."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.rig.user import Event
from inzwa.audio.pcm import Sound, pcm16_from_sound, sound_from_pcm16


class BotConnection:
    """One conversation with a bot."""

    def __init__(self, socket: ClientConnection, sample_rate: int, *, button: bool) -> None:
        """With a `button` the user holds it down from the first sound of a sentence to the end of the turn."""
        self.sample_rate = sample_rate
        self._socket, self._button, self._down = socket, button, False

    async def send_sound(self, sound: Sound) -> None:
        if self._button and not self._down and sound.any():
            self._down = True
            await self._send("begin_turn")
        await self._socket.send(pcm16_from_sound(sound))

    async def end_turn(self) -> None:
        self._down = False
        await self._send("end_turn")

    async def cancel(self) -> None:
        await self._send("cancel")

    async def receive(self) -> Event | Sound:
        message = await self._socket.recv()
        return json.loads(message) if isinstance(message, str) else sound_from_pcm16(message)

    async def _send(self, kind: str) -> None:
        await self._socket.send(json.dumps({"type": kind}))


@asynccontextmanager
async def open_bot(url: str, sample_rate: int, *, button: bool) -> AsyncIterator[BotConnection]:
    """A conversation with the bot that listens at `url` and answers at `sample_rate`."""
    async with connect(url.replace("http", "ws", 1), max_size=None, compression=None) as socket:
        yield BotConnection(socket, sample_rate, button=button)
