"""The sender: others have their turns while a long sound is encoded, and a client that reads nothing is left."""

import time
from dataclasses import dataclass, field

import anyio
import pytest
from anyio.lowlevel import checkpoint

from inzwa.conversation.output.playout import PlayoutGate
from inzwa.errors import ClientTooSlow
from inzwa.events import TtsAudio
from inzwa.server.metrics import Metrics
from inzwa.server.websocket.send import FRAMES_AT_ONCE, SocketSender
from tests.serving import settings
from tests.sounds import tone

FRAME_MS = 20


@dataclass(slots=True)
class Socket:
    """Takes frames; for ever where it is `stuck`."""

    stuck: bool = False
    frames: list[bytes] = field(default_factory=list)

    async def send_bytes(self, frame: bytes) -> None:
        if self.stuck:
            await anyio.sleep_forever()
        self.frames.append(frame)


async def nothing(_event: object) -> None: ...


def sender(socket: Socket, **values: object) -> SocketSender:
    playout = PlayoutGate(time.monotonic, nothing)
    return SocketSender(socket, settings(**values), Metrics(), "pcm16", playout, lambda _: None)


async def send(to: SocketSender, ms: int) -> None:
    into, outbox = anyio.create_memory_object_stream[TtsAudio](1)
    await into.send(TtsAudio(1, tone(ms), 16_000))
    into.close()
    await to.run(outbox)


async def test_others_have_a_turn_after_every_few_frames():
    socket, seen = Socket(), []

    async def watch() -> None:
        while True:
            seen.append(len(socket.frames))
            await checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        await send(sender(socket), 40 * FRAME_MS)
        tasks.cancel_scope.cancel()
    assert len(socket.frames) == 40
    assert set(range(FRAMES_AT_ONCE, 40, FRAMES_AT_ONCE)) <= set(seen)


async def test_a_client_that_reads_nothing_is_left():
    with pytest.raises(ClientTooSlow):
        await send(sender(Socket(stuck=True), request_timeout_s=0.5), FRAME_MS)
