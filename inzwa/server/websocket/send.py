"""From events to the frames that a client receives: text frames, and binary frames of encoded sound.

Sound is encoded a few frames at a time, so that the event loop never waits for more than these, and dropped as soon as
its turn is cancelled.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
from anyio.lowlevel import checkpoint
from anyio.streams.memory import MemoryObjectReceiveStream
from starlette.websockets import WebSocket

from inzwa.audio.codecs import Encoder, open_encoder
from inzwa.audio.formats import OutputCodec
from inzwa.conversation.output.playout import PlayoutGate
from inzwa.errors import ClientTooSlow
from inzwa.events import ServerEvent, ServerMessage, TtsAudio, TtsEnd
from inzwa.server.metrics import Metrics
from inzwa.server.websocket.wire import message_text
from inzwa.settings import Settings

FRAMES_AT_ONCE: Final = 4
"""Encoded without a turn of the event loop: about 1 ms of work."""


class SocketSender:
    """Sends to one client."""

    def __init__(
        self,
        socket: WebSocket,
        settings: Settings,
        metrics: Metrics,
        codec: OutputCodec,
        playout: PlayoutGate,
        observe: Callable[[ServerEvent], None],
    ) -> None:
        """`observe` is called with every event before it is sent."""
        self._socket, self._metrics, self._playout = socket, metrics, playout
        self._observe = observe
        self._codec, self._bitrate = codec, settings.opus_bitrate
        self._limit_s = settings.request_timeout_s
        self._turn = 0
        self._encoder: Encoder = open_encoder(codec, self._bitrate)
        self.idle = anyio.Event()
        """Set while nothing waits to be sent."""

    async def run(self, outbox: MemoryObjectReceiveStream[ServerEvent]) -> None:
        """Send every event until the outbox ends. ClientTooSlow when one cannot be sent in time."""
        async with outbox:
            async for event in outbox:
                self.idle = anyio.Event()
                waiting = outbox.statistics().current_buffer_used
                self._metrics.observe(event, waiting)
                self._observe(event)
                await self._send(event)
                if not waiting:
                    self.idle.set()

    async def _send(self, event: ServerEvent) -> None:
        for each in self._playout.release(event):
            await (self._send_sound(each) if isinstance(each, TtsAudio) else self._send_message(each))

    async def _send_message(self, event: ServerMessage) -> None:
        if isinstance(event, TtsEnd) and event.turn == self._turn:
            await self._send_frames(event, self._encoder.flush())
        with self._in_time():
            await self._socket.send_text(message_text(event))

    async def _send_sound(self, event: TtsAudio) -> None:
        if event.turn != self._turn:
            self._turn, self._encoder = event.turn, open_encoder(self._codec, self._bitrate)
        if event.turn <= self._playout.cancelled:
            self._metrics.dropped("stale_audio")
        else:
            await self._send_frames(event, self._encoder.encode(event.sound, event.sample_rate))

    async def _send_frames(self, event: TtsAudio | TtsEnd, frames: Iterator[bytes]) -> None:
        """Encode and send them, every FRAMES_AT_ONCE within the time limit; then others have their turns."""
        with self._in_time() as limit:
            for number, frame in enumerate(frames, start=1):
                if event.turn <= self._playout.cancelled:
                    return
                await self._socket.send_bytes(frame)
                if number % FRAMES_AT_ONCE == 0:
                    await checkpoint()
                    limit.deadline = anyio.current_time() + self._limit_s

    @contextmanager
    def _in_time(self) -> Iterator[anyio.CancelScope]:
        with anyio.move_on_after(self._limit_s) as limit:
            yield limit
        if limit.cancelled_caught:
            raise ClientTooSlow(f"The client read nothing for {self._limit_s:g} s.")
