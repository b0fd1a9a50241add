"""The turns that can be rated: built from the events that clients were sent, in memory alone, and soon forgotten."""

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Final

from inzwa import __version__
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.turn import Clock
from inzwa.errors import EngineError, UnknownTurn
from inzwa.events import AsrFinal, LlmFinal, LlmPartial, ServerEvent, TurnCancelled, TurnEnd
from inzwa.feedback.records import JsonObject, TurnRecord
from inzwa.protocols import EngineInfo, Engines, Stage
from inzwa.server.redaction import without_folders

MAX_TURNS: Final = 64
"""Turns of one conversation that are remembered, the newest."""
MAX_CONVERSATIONS: Final = 256
"""Conversations that are remembered; as many as can be open at once."""
REMEMBERED_S: Final = 900.0
"""Seconds for which the turns of a conversation can be rated after it has closed."""

Infos = Callable[[], Mapping[Stage, EngineInfo]]
Models = dict[str, dict[str, str]]


@dataclass(slots=True)
class _Turn:
    number: int
    started_at: float
    models: Models
    transcript: str = ""
    pieces: list[str] = field(default_factory=list)
    """Of the reply; at most as many as a reply has tokens."""
    latency: dict[str, int | None] = field(default_factory=dict)
    outcome: str = ""

    @property
    def ratable(self) -> bool:
        """Whether there is something to rate: a beginning of a reply, or an end without one."""
        return bool(self.pieces or self.outcome)


class ConversationLog:
    """The turns of one conversation."""

    def __init__(self, name: str, infos: Infos, settings: JsonObject, clock: Clock, wall: Clock) -> None:
        self.name = name
        """Random: whoever knows it was in the conversation."""
        self.closed_s: float | None = None
        """When its socket closed, in seconds of the log's clock; None while it is open."""
        self._infos, self._settings, self._clock, self._wall = infos, settings, clock, wall
        self._turns: dict[int, _Turn] = {}
        self._models: Models = {}

    def observe(self, event: ServerEvent) -> None:
        """Note an event that is sent. Partial transcripts and sound leave no trace."""
        match event:
            case AsrFinal():
                self._turn(event.turn).transcript = event.text
            case LlmPartial():
                self._turn(event.turn).pieces.append(event.token)
            case LlmFinal():
                self._turn(event.turn).pieces = [event.text]
            case TurnEnd():
                turn = self._turn(event.turn)
                turn.latency, turn.outcome = asdict(event.latency), "ended"
            case TurnCancelled():
                self._turn(event.turn).outcome = event.reason

    def close(self) -> None:
        """The socket has closed: from now on its turns are kept for REMEMBERED_S."""
        self.closed_s = self._clock()

    def record(self, number: int) -> TurnRecord:
        """The turn as it is now. UnknownTurn for one that is not remembered, or has neither a reply nor an end yet."""
        turn = self._turns.get(number)
        if turn is None:
            raise UnknownTurn(f"This conversation has no turn {number} that is remembered.")
        if not turn.ratable:
            raise UnknownTurn(f"Turn {number} has no reply yet: rate it when it has.")
        return TurnRecord(
            conversation=self.name,
            number=number,
            started_at=turn.started_at,
            app_version=__version__,
            models=turn.models,
            settings=self._settings,
            transcript=turn.transcript,
            reply="".join(turn.pieces),
            latency=turn.latency,
            outcome=turn.outcome,
        )

    def _turn(self, number: int) -> _Turn:
        if number not in self._turns:
            self._turns[number] = _Turn(number, self._wall(), self._current_models())
            while len(self._turns) > MAX_TURNS:
                del self._turns[next(iter(self._turns))]
        return self._turns[number]

    def _current_models(self) -> Models:
        """As the engines say; as they said last while one that hung is being replaced."""
        with suppress(EngineError):
            self._models = {stage: _model(info) for stage, info in self._infos().items()}
        return self._models


class TurnLog:
    """The conversations of one application. What is in it is never on disk, unless somebody rates it."""

    def __init__(self, clock: Clock = time.monotonic, wall: Clock = time.time) -> None:
        self._clock, self._wall = clock, wall
        self._conversations: dict[str, ConversationLog] = {}

    def open(self, name: str, infos: Infos, settings: JsonObject) -> ConversationLog:
        """A new conversation; one that closed, the longest ago, is forgotten for it where there are too many."""
        self.forget()
        while len(self._conversations) >= MAX_CONVERSATIONS:
            closed = [log for log in self._conversations.values() if log.closed_s is not None]
            oldest = min(closed, key=lambda log: log.closed_s or 0.0, default=next(iter(self._conversations.values())))
            del self._conversations[oldest.name]
        log = ConversationLog(name, infos, settings, self._clock, self._wall)
        self._conversations[name] = log
        return log

    def turn(self, conversation: str, number: int) -> TurnRecord:
        """One turn of a conversation. UnknownTurn where it cannot be rated, or not yet."""
        self.forget()
        log = self._conversations.get(conversation)
        if log is None:
            raise UnknownTurn("There is no such conversation, or it ended too long ago.")
        return log.record(number)

    def forget(self) -> None:
        """Drop what closed more than REMEMBERED_S ago; called now and then, so that nothing is held for longer."""
        before = self._clock() - REMEMBERED_S
        for log in list(self._conversations.values()):
            if log.closed_s is not None and log.closed_s < before:
                del self._conversations[log.name]


def turn_settings(options: SessionOptions, engines: Engines, codec: str) -> JsonObject:
    """What matters for a turn's result, of what a client or a server may choose."""
    return {
        "language": options.language,
        "mode": "push_to_talk" if options.push_to_talk else "hands_free",
        "silence_ms": options.endpoint.silence_ms,
        "voice": options.voice.voice or next(iter(engines.tts.voices), ""),
        "speed": options.voice.speed,
        "temperature": options.chat.temperature,
        "max_new_tokens": options.chat.max_new_tokens,
        "codec": codec,
    }


@lru_cache(maxsize=32)
def _model(info: EngineInfo) -> dict[str, str]:
    """The model's name, and the sha256 over the names and sha256s of its files and of what was added to it."""
    files = (*info.files, *(info.adapter.files if info.adapter else ()))
    listing = "".join(f"{without_folders(file.name)} {file.sha256}\n" for file in files)
    digest = hashlib.sha256(listing.encode()).hexdigest() if files else ""
    return {"model": without_folders(info.title), "sha256": digest}
