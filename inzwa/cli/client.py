"""A client of /ws/audio, for `python -m inzwa talk`, benchmarks and tests."""

import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import anyio
import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from inzwa.audio.codecs import OpusDecoder, Pcm16Decoder
from inzwa.audio.formats import OPUS_RATE, PCM16_RATE
from inzwa.audio.pcm import INPUT_RATE, Sound, pcm16_from_sound
from inzwa.errors import Unreachable
from inzwa.events import Cancel, EndTurn, Start, TypedText
from inzwa.settings import Settings

SOCKET_PATH: Final = "/ws/audio"
SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}

FRAME_SAMPLES: Final = INPUT_RATE // 50
"""20 ms."""

LAST_EVENTS: Final = ("turn.end", "turn.cancelled")

Event = dict[str, Any]


@dataclass(slots=True)
class TurnRecord:
    """What the server sent in one turn, as it arrived."""

    events: list[Event] = field(default_factory=list)
    sound: Sound = field(default_factory=lambda: np.empty(0, dtype=np.float32))
    sample_rate: int = OPUS_RATE
    asked_s: float = 0.0
    """When the turn was asked for, on the client's monotonic clock."""
    first_audio_s: float | None = None
    """When its first sound arrived."""
    arrivals_s: list[float] = field(default_factory=list)
    """When each binary frame arrived."""

    def text(self, kind: str) -> str:
        """The `text` of the last event of this type, empty when there was none."""
        return next((event["text"] for event in reversed(self.events) if event["type"] == kind), "")

    @property
    def first_audio_ms(self) -> float | None:
        """From asking to the first sound, as the client saw it."""
        return None if self.first_audio_s is None else (self.first_audio_s - self.asked_s) * 1000


class Client:
    """One open session. For one task, or one that sends and one that receives."""

    def __init__(self, socket: ClientConnection, ready: Event) -> None:
        self.ready = ready
        self._socket = socket
        self._turns = 0
        self.sample_rate = OPUS_RATE if ready["audio_out"] == "opus" else PCM16_RATE
        self._decoder = OpusDecoder(OPUS_RATE) if ready["audio_out"] == "opus" else Pcm16Decoder()

    async def send(self, message: Start | EndTurn | Cancel | TypedText) -> float:
        """One of the client's messages; when it was sent, on the monotonic clock."""
        await self._socket.send(json.dumps({"type": message.type, **asdict(message)}))
        return time.monotonic()

    async def send_sound(self, sound: Sound, *, pace: bool = False) -> None:
        """The microphone's sound, 16 kHz, in frames of 20 ms; with `pace` as fast as it would be spoken."""
        start = time.monotonic()
        for at in range(0, sound.size, FRAME_SAMPLES):
            if pace:
                await anyio.sleep(max(0.0, start + at / INPUT_RATE - time.monotonic()))
            await self._socket.send(pcm16_from_sound(sound[at : at + FRAME_SAMPLES]))

    async def receive(self) -> Event | Sound:
        """The server's next message: an event, or sound at `sample_rate`."""
        message = await self._socket.recv()
        return json.loads(message) if isinstance(message, str) else self._decoder.decode(message)

    async def turn(self, asked_s: float | None = None) -> TurnRecord:
        """Everything up to the end of the next turn. Refused where an error ends the session before."""
        record = TurnRecord(sample_rate=self.sample_rate, asked_s=asked_s or time.monotonic())
        sounds: list[Sound] = []
        while not self._ended(record):
            try:
                message = await self.receive()
            except ConnectionClosed:
                if record.events and record.events[-1]["type"] == "error":
                    raise Refused(record.events[-1]) from None
                raise
            if isinstance(message, dict):
                record.events.append(message)
            else:
                record.arrivals_s.append(time.monotonic())
                record.first_audio_s = record.first_audio_s or record.arrivals_s[-1]
                sounds.append(message)
        record.sound = np.concatenate(sounds) if sounds else record.sound
        return record

    def _ended(self, record: TurnRecord) -> bool:
        """Whether a turn newer than the one before has ended; an older one may be cancelled after its end."""
        last = record.events[-1] if record.events else {}
        if last.get("type") in LAST_EVENTS and last["turn"] > self._turns:
            self._turns = last["turn"]
            return True
        return False

    async def say(self, sound: Sound, *, pace: bool = False) -> TurnRecord:
        """A whole turn: send speech, ask for the answer, receive it."""
        await self.send_sound(sound, pace=pace)
        await self.send(EndTurn())
        return await self.turn()


class Refused(Exception):
    """The server did not open the session, or ended it: the `error` event that says why."""

    def __init__(self, event: Event) -> None:
        super().__init__(event.get("message", ""))
        self.event = event


def local_url(settings: Settings) -> str:
    """This machine's own server."""
    return f"http://127.0.0.1:{settings.port}"


def base_url(url: str) -> str:
    """A server's http(s) address without a slash at its end, from http, https, ws or wss, with or without /ws/audio.

    Unreachable where it is none of these.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in SCHEMES or not parts.netloc:
        raise Unreachable(f"{url} is no address of a server: name one such as http://localhost:7860")
    return f"{SCHEMES[parts.scheme]}://{parts.netloc}{parts.path.rstrip('/').removesuffix(SOCKET_PATH)}"


@asynccontextmanager
async def open_client(
    url: str, start: Start | None = None, headers: Sequence[tuple[str, str]] = ()
) -> AsyncIterator[Client]:
    """A session on the server at `url`, in any form that `base_url` reads. Refused when it is not opened."""
    address = base_url(url).replace("http", "ws", 1) + SOCKET_PATH
    async with connect(address, additional_headers=list(headers), max_size=None, compression=None) as socket:
        with suppress(ConnectionClosed):  # a refusal can be read all the same
            await socket.send(json.dumps({"type": "start", **asdict(start or Start())}))
        first = _event(await socket.recv())
        if first["type"] != "ready":
            raise Refused(first)
        yield Client(socket, first)


def _event(message: str | bytes) -> Event:
    """Refused where it is none."""
    try:
        event = json.loads(message)
    except ValueError:
        event = None
    if not isinstance(event, dict) or event.get("type") not in ("ready", "error"):
        raise Refused({"type": "error", "code": "bad_message", "message": "it is another kind of server"})
    return event
