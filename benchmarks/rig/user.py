"""A simulated user: a microphone that never stops, and what comes back with the time of its arrival.

Works on any Connection; the clock is this process's monotonic one. Speech ends when its last 20 ms have been sent,
which is when a real microphone would have delivered them.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import anyio
import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound

FRAME_SAMPLES: Final = INPUT_RATE // 50
"""20 ms."""

FRAME_S: Final = FRAME_SAMPLES / INPUT_RATE
SILENCE: Final = np.zeros(FRAME_SAMPLES, dtype=np.float32)

Event = dict[str, Any]

Say = Callable[[Sound], Awaitable[float]]
"""Sends all of a sound; the time when its last frame had been sent."""


class Connection(Protocol):
    """An open session on a server."""

    sample_rate: int
    """Of the sound that comes back."""

    async def send_sound(self, sound: Sound) -> None:
        """At most one frame, 16 kHz."""
        ...

    async def end_turn(self) -> None:
        """End the user's turn."""
        ...

    async def cancel(self) -> None:
        """Stop the reply."""
        ...

    async def receive(self) -> Event | Sound:
        """The next event (`type`, and what belongs to it) or piece of the reply's sound."""
        ...


class Microphone:
    """Frames in real time: the speech it is given, silence otherwise. For one task that runs it and one that speaks."""

    def __init__(self, connection: Connection) -> None:
        self.began_s = 0.0
        """When the first frame of the latest speech was sent."""
        self._connection = connection
        self._speech = SILENCE[:0]
        self._said = anyio.Event()
        self._begins = False

    async def run(self) -> None:
        """Until cancelled. Frames that are late are sent at once, as a real one's would arrive."""
        began, frames = time.monotonic(), 0
        while True:
            frames += 1
            await anyio.sleep(max(0.0, began + frames * FRAME_S - time.monotonic()))
            frame, self._speech = self._speech[:FRAME_SAMPLES], self._speech[FRAME_SAMPLES:]
            await self._connection.send_sound(frame if frame.size else SILENCE)
            if frame.size and self._begins:
                self.began_s, self._begins = time.monotonic(), False
            if frame.size and not self._speech.size:
                self._said.set()

    async def speak(self, sound: Sound) -> float:
        """Speak it; the time when its last frame was sent."""
        self._said = anyio.Event()
        self._speech, self._begins = sound, True
        await self._said.wait()
        return time.monotonic()


@dataclass(slots=True)
class Turn:
    """One turn as the user saw it. Moments are seconds of the monotonic clock, null for what never came."""

    after: int = 0
    """Of a server that counts its turns: what belongs to this one, or to one before, is passed over."""
    turn: int = 0
    """The server's number for it."""
    spoken_s: float = 0.0
    """When the last frame of speech had been sent."""
    stopped_s: float | None = None
    """When the server decided that the user had finished."""
    first_audio_s: float | None = None
    ended_s: float | None = None
    ending: str = "nothing"
    """`turn.end`, why it was cancelled, an error's code, or `nothing` within the time."""
    heard: str = ""
    said: str = ""
    sound_s: float = 0.0
    """How long the reply sounds."""
    latency: dict[str, int | None] = field(default_factory=dict)
    """The server's own figures."""

    @property
    def first_audio_ms(self) -> float | None:
        """From the end of speech to the first sound."""
        return _ms(self.spoken_s, self.first_audio_s)

    @property
    def silence_ms(self) -> float | None:
        """From the end of speech to the server's decision that it was over."""
        return _ms(self.spoken_s, self.stopped_s)

    @property
    def answer_ms(self) -> float | None:
        """From there to the first sound."""
        return _ms(self.stopped_s, self.first_audio_s)

    @property
    def lost(self) -> bool:
        """Whether no sound came."""
        return self.first_audio_s is None

    def note(self, message: Event | Sound, now_s: float, sample_rate: int) -> None:
        """Record what has just arrived."""
        if isinstance(message, dict):
            self._note_event(message, now_s)
            return
        self.first_audio_s = self.first_audio_s or now_s
        self.sound_s += message.size / sample_rate

    def _note_event(self, event: Event, now_s: float) -> None:
        number = event.get("turn", self.after + 1)
        if number <= self.after:
            return
        self.turn = number
        match event["type"]:
            case "speech.stop":
                self.stopped_s = now_s
            case "asr.final":
                self.heard = event["text"]
            case "llm.final":
                self.said = event["text"]
            case "turn.end":
                self.ending, self.ended_s, self.latency = "turn.end", now_s, event.get("latency", {})
            case "turn.cancelled":
                self.ending, self.ended_s = event["reason"], now_s
            case "error":
                self.ending = event["code"]


def _ms(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else (end_s - start_s) * 1000


def ended(turn: Turn) -> bool:
    """The turn is over, or will not come."""
    return turn.ended_s is not None


def sounding(turn: Turn) -> bool:
    """The first sound is here, or will not come."""
    return turn.first_audio_s is not None or ended(turn)


async def take_turn(
    connection: Connection,
    say: Say,
    sound: Sound,
    *,
    asked: bool,
    after: int = 0,
    enough: Callable[[Turn], bool] = ended,
    limit_s: float = 30.0,
) -> Turn:
    """Speak, then receive until there is `enough` of the reply; `asked` ends the turn, else silence does.

    What is left of an earlier turn is passed over: only what arrives after the last frame of speech counts, and no
    event of the turn numbered `after` or of one before.
    """
    turn = Turn(after=after)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_drain, connection)
        turn.spoken_s = await say(sound)
        tasks.cancel_scope.cancel()
    if asked:
        await connection.end_turn()
    with anyio.move_on_after(limit_s):
        while not enough(turn):
            turn.note(await connection.receive(), time.monotonic(), connection.sample_rate)
    return turn


async def send_at_once(connection: Connection, sound: Sound) -> float:
    """Send it as fast as it goes, without a running microphone; the time when its last frame was sent."""
    for at in range(0, sound.size, FRAME_SAMPLES):
        await connection.send_sound(sound[at : at + FRAME_SAMPLES])
    return time.monotonic()


async def rest(connection: Connection, seconds: float) -> None:
    """Say nothing for a while; what arrives meanwhile is not looked at."""
    with anyio.move_on_after(seconds):
        await _drain(connection)


async def _drain(connection: Connection) -> None:
    while True:
        await connection.receive()


Talk = Callable[[Connection, Microphone], Awaitable[None]]


async def converse(connection: Connection, talk: Talk, *, listening: bool = True) -> None:
    """Run `talk` on an open connection, with the microphone running all the while if `listening`."""
    microphone = Microphone(connection)
    async with anyio.create_task_group() as tasks:
        if listening:
            tasks.start_soon(microphone.run)
        await talk(connection, microphone)
        tasks.cancel_scope.cancel()
