"""A session with speech-to-speech's Realtime WebSocket, which speaks OpenAI's protocol, as a Connection."""

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.rig.user import Event
from inzwa.audio.pcm import INPUT_RATE, Sound, pcm16_from_sound, sound_from_pcm16

RATE: Final = 16_000
"""Of sound both ways where the session names no format: the pipeline's own."""

RELEASE: Final = np.zeros(INPUT_RATE // 5, dtype=np.float32)
"""0.2 s of silence, sent at once when the button is let go. The server has a detector and no button: it ends the turn
once it has heard 64 ms of silence, which need not be waited for."""


class RealtimeConnection:
    """One conversation with the server."""

    sample_rate = RATE

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send_sound(self, sound: Sound) -> None:
        audio = b64encode(pcm16_from_sound(sound)).decode()
        await self._send({"type": "input_audio_buffer.append", "audio": audio})

    async def end_turn(self) -> None:
        await self.send_sound(RELEASE)

    async def cancel(self) -> None:
        await self._send({"type": "response.cancel"})

    async def receive(self) -> Event | Sound:
        while True:
            if (message := translated(json.loads(await self._socket.recv()))) is not None:
                return message

    async def _send(self, event: Event) -> None:
        await self._socket.send(json.dumps(event))


def translated(event: dict[str, Any]) -> Event | Sound | None:
    """What the simulated user knows of an event of OpenAI's protocol; None for the others."""
    match event["type"]:
        case "response.output_audio.delta":
            return sound_from_pcm16(b64decode(event["delta"]))
        case "input_audio_buffer.speech_stopped":
            return {"type": "speech.stop"}
        case "conversation.item.input_audio_transcription.completed":
            return {"type": "asr.final", "text": event["transcript"].strip()}
        case "response.output_audio_transcript.done":
            return {"type": "llm.final", "text": event["transcript"].strip()}
        case "response.done":
            return {"type": "turn.end"}
        case "error":
            return {"type": "error", "code": event["error"]["type"]}
    return None


@asynccontextmanager
async def open_realtime(url: str, instructions: str) -> AsyncIterator[RealtimeConnection]:
    """A session with the server at `url`, its configuration accepted."""
    address = f"{url.replace('http', 'ws', 1)}/v1/realtime"
    async with connect(address, max_size=None, compression=None) as socket:
        session = {"type": "realtime", "instructions": instructions}
        await socket.send(json.dumps({"type": "session.update", "session": session}))
        while json.loads(await socket.recv())["type"] != "session.updated":
            pass
        yield RealtimeConnection(socket)
