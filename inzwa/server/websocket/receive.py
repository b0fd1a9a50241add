"""From the frames that a client sends to events; each wrong frame is answered, and none is lost."""

from typing import Final

import anyio
from anyio.streams.memory import MemoryObjectSendStream
from starlette.types import Message
from starlette.websockets import WebSocket

from inzwa.audio.codecs import Decoder
from inzwa.audio.pcm import INPUT_RATE
from inzwa.errors import AudioTooLong, BadMessage, ClientError, InzwaError, OutOfOrder, Overloaded
from inzwa.events import ClientEvent, MicrophoneFrame, Problem, Rate, ServerEvent, Start, TypedText
from inzwa.feedback.submissions import MAX_KEY
from inzwa.server.limits import TokenBucket
from inzwa.server.metrics import Metrics
from inzwa.server.request_options import check_text
from inzwa.server.websocket.ratings import SocketRatings
from inzwa.server.websocket.wire import message_key, parse_message
from inzwa.settings import Settings

MAX_MISTAKES: Final = 50
"""Wrong messages in one session; after one more it is closed."""

MAX_SOUND_BYTES: Final = 65_536
"""The longest binary frame: two seconds of PCM16."""

BURST: Final = 4
"""Utterances of full length that may come at once; after that, sound may come about as fast as it is spoken."""

IDLE_SLACK: Final = 1.02
"""The most by which a client's silence may exceed the time-out before it is ended."""


class SocketReceiver:
    """Receives from one client."""

    def __init__(
        self, socket: WebSocket, settings: Settings, metrics: Metrics, decoder: Decoder, ratings: SocketRatings
    ) -> None:
        self._socket, self._settings, self._metrics = socket, settings, metrics
        self._decoder, self._ratings = decoder, ratings
        self._bucket = TokenBucket(BURST * settings.max_audio_seconds)
        self._mistakes = 0

    async def run(
        self, inbox: MemoryObjectSendStream[ClientEvent], outbox: MemoryObjectSendStream[ServerEvent]
    ) -> None:
        """Put every message into the inbox, and ratings where they are stored, until the client hangs up or sends
        nothing for too long; answer mistakes."""
        async with inbox, outbox:
            with anyio.CancelScope() as idle:
                while True:
                    self._put_off(idle)
                    frame = await self._socket.receive()
                    if frame["type"] == "websocket.disconnect":
                        return
                    try:
                        event: ClientEvent | Problem = self._event(frame)
                    except ClientError as error:
                        event = self._problem(error, message_key(frame.get("text") or ""))
                    if not _put(event, inbox):
                        idle.deadline = float("inf")
                        await self._pass_on(event, inbox, outbox)

    def _put_off(self, idle: anyio.CancelScope) -> None:
        """Have the wait for a message end `idle_timeout_s` seconds from now, or a little later: the timer is set again
        once in a while, not for each of 50 frames a second."""
        now_s, limit_s = anyio.current_time(), self._settings.idle_timeout_s
        if not limit_s <= idle.deadline - now_s <= IDLE_SLACK * limit_s:
            idle.deadline = now_s + IDLE_SLACK * limit_s

    async def _pass_on(
        self,
        event: ClientEvent | Problem,
        inbox: MemoryObjectSendStream[ClientEvent],
        outbox: MemoryObjectSendStream[ServerEvent],
    ) -> None:
        match event:
            case Problem():
                await outbox.send(event)
            case Rate():
                await self._rate(event, outbox)
            case _:
                await inbox.send(event)

    async def _rate(self, rate: Rate, outbox: MemoryObjectSendStream[ServerEvent]) -> None:
        try:
            self._ratings.offer(rate)
        except ClientError as error:
            await outbox.send(self._problem(error, rate.key))
        except Overloaded as error:
            await outbox.send(_problem(error, rate.key))

    def _event(self, frame: Message) -> ClientEvent:
        if (data := frame.get("bytes")) is not None:
            if len(data) > MAX_SOUND_BYTES:
                raise AudioTooLong(f"A binary frame holds at most {MAX_SOUND_BYTES} bytes.")
            sound = self._decoder.decode(data)
            self._bucket.spend(sound.size / INPUT_RATE)
            self._metrics.heard(sound.size / INPUT_RATE)
            return MicrophoneFrame(sound)
        event = parse_message(frame["text"])
        if isinstance(event, Start):
            raise OutOfOrder("This session has started already.")
        if isinstance(event, TypedText):
            check_text(event.text, self._settings.max_text_chars)
        return event

    def _problem(self, error: ClientError, key: str) -> Problem:
        self._mistakes += 1
        if self._mistakes > MAX_MISTAKES:
            raise BadMessage(f"More than {MAX_MISTAKES} wrong messages in one session.")
        return _problem(error, key)


def _put(event: ClientEvent | Problem, inbox: MemoryObjectSendStream[ClientEvent]) -> bool:
    """Whether it could be put into the inbox at once, without a turn of the event loop."""
    if isinstance(event, Problem | Rate):
        return False
    try:
        inbox.send_nowait(event)
    except anyio.WouldBlock:
        return False
    return True


def _problem(error: InzwaError, key: str) -> Problem:
    """The answer to a message; `key` is short enough to be sent back."""
    return Problem.of(error, key[:MAX_KEY])
