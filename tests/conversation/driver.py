"""One conversation on scripted engines, driven without a socket and without a clock of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel

from inzwa.audio.pcm import INPUT_RATE, Sound, samples_in
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.session import Session, open_session
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.engines.tts.scripted import ScriptedVoice
from inzwa.engines.vad.scripted import ScriptedDetector
from inzwa.events import (
    AsrFinal,
    LlmFinal,
    MicrophoneFrame,
    Problem,
    ServerEvent,
    TtsAudio,
    TtsStart,
    TurnCancelled,
    TurnEnd,
    TypedText,
)
from inzwa.protocols import ChatOptions, Engines
from tests.sounds import quiet, tone

FRAME_MS = 20

STILL_ROUNDS = 30
"""Rounds of the event loop without an event after which nothing more will come: what happens between two events on
scripted engines takes fewer. (anyio's `wait_all_tasks_blocked` promises the same and sleeps.)
"""


class Watch:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Outbox:
    """A client that takes every event at once, or `room` of them and then no more until it reads on."""

    def __init__(self, room: float = float("inf")) -> None:
        self.events: list[ServerEvent] = []
        self.room = room
        self._read = anyio.Event()

    async def put(self, event: ServerEvent) -> None:
        await anyio.lowlevel.checkpoint()
        while len(self.events) >= self.room:
            await self._read.wait()
        self.events.append(event)

    async def settle(self) -> None:
        """Let everything run until it waits for something from outside."""
        rounds, seen = 0, len(self.events)
        while rounds < STILL_ROUNDS:
            await anyio.lowlevel.checkpoint()
            rounds, seen = (rounds + 1 if seen == len(self.events) else 0), len(self.events)

    def read_on(self) -> None:
        """There is room for everything from now on."""
        self.room = float("inf")
        self._read.set()


@dataclass(slots=True)
class Fakes:
    """The four scripted engines, each reachable as what it is."""

    vad: ScriptedDetector = field(default_factory=ScriptedDetector)
    asr: ScriptedTranscriber = field(default_factory=lambda: ScriptedTranscriber(["mhoro shamwari"]))
    llm: ScriptedChatModel = field(default_factory=lambda: ScriptedChatModel(["Ndiripo, ", "makadiiwo?"]))
    tts: ScriptedVoice = field(default_factory=ScriptedVoice)

    def engines(self) -> Engines:
        return Engines(self.vad, self.asr, self.llm, self.tts)

    @property
    def at_rest(self) -> bool:
        """Whether every generator that was opened has been closed and no transcript is being made."""
        return (self.llm.speaking, self.tts.speaking, self.asr.running) == (0, 0, 0)


class Conversation:
    """The client's side: speaks, is silent, writes, and sees what comes."""

    def __init__(self, session: Session, outbox: Outbox, watch: Watch) -> None:
        self.session, self.outbox, self.watch = session, outbox, watch
        self.settle = outbox.settle

    @property
    def events(self) -> list[ServerEvent]:
        return self.outbox.events

    async def hear(self, sound: Sound, lump_ms: float = FRAME_MS) -> None:
        """The microphone's sound, lump by lump; whatever can happen between two lumps does."""
        size = samples_in(lump_ms, INPUT_RATE)
        for at in range(0, sound.size, size):
            await self.take(MicrophoneFrame(sound[at : at + size]))

    async def speak(self, ms: float = 960) -> None:
        await self.hear(tone(ms))

    async def be_silent(self, ms: float = 960) -> None:
        await self.hear(quiet(ms))

    async def say(self, ms: float = 960) -> None:
        """An utterance, and the silence that ends it."""
        await self.speak(ms)
        await self.be_silent()

    async def write(self, text: str = "mhoro") -> None:
        await self.take(TypedText(text))

    async def take(self, event) -> None:
        """Any message; then all that follows from it, as far as it can."""
        await self.session.handle(event)
        await self.settle()

    async def settle(self) -> None:
        """Let everything run until it waits for something from outside."""
        rounds, seen = 0, len(self.events)
        while rounds < STILL_ROUNDS:
            await anyio.lowlevel.checkpoint()
            rounds, seen = (rounds + 1 if seen == len(self.events) else 0), len(self.events)

    def listen_out(self) -> None:
        """Let the clock run until nothing is playing any more."""
        self.watch.now_s += 3_600

    def story(self, turn: int | None = None) -> list[str]:
        """The events' names in order, sound that follows sound once."""
        names: list[str] = []
        for event in self.events:
            if turn is None or getattr(event, "turn", None) == turn:
                name = "sound" if isinstance(event, TtsAudio) else event.type
                if name not in ("sound", "llm.partial", "asr.partial") or names[-1:] != [name]:
                    names.append(name)
        return names

    def all_of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def endings(self) -> list[tuple[int, str]]:
        """Each turn's ending: its number, and `ended` or the reason of its being cancelled."""
        return [
            (event.turn, event.reason if isinstance(event, TurnCancelled) else "ended")
            for event in self.events
            if isinstance(event, TurnEnd | TurnCancelled)
        ]

    def finals(self) -> list[str]:
        return [event.text for event in self.all_of(AsrFinal)]

    def replies(self) -> list[str]:
        return [event.text for event in self.all_of(LlmFinal)]

    def seconds(self, phrase: int) -> float:
        """How long the sound of the reply's phrase lasts."""
        starts = [number for number, event in enumerate(self.events) if isinstance(event, TtsStart)]
        span = self.events[starts[phrase] : [*starts, len(self.events)][phrase + 1]]
        return sum(event.sound.size / event.sample_rate for event in span if isinstance(event, TtsAudio))

    def problems(self) -> list[str]:
        return [event.code for event in self.all_of(Problem)]


@asynccontextmanager
async def conversation(
    fakes: Fakes | None = None, *, room: float = float("inf"), name: str = "one", **options
) -> AsyncIterator[Conversation]:
    """A conversation open for the block. `room` is how many events its client takes before it stops reading."""
    outbox, watch = Outbox(room), Watch()
    fields = {"system_prompt": lambda _: "iva mupfupi", "chat": ChatOptions(session=name)}
    chosen = SessionOptions(session_id=name, **(fields | options))
    async with open_session((fakes or Fakes()).engines(), chosen, outbox.put, watch) as session:
        yield Conversation(session, outbox, watch)
