"""A fake chat model that replies by a script."""

from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.lowlevel

from inzwa.errors import EngineError
from inzwa.protocols import ChatOptions, EngineInfo, Message

MAX_RECORDED: Final = 64
"""Requests that each record holds, the newest last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedReply:
    """One reply: its pieces, where it waits and where it breaks."""

    pieces: tuple[str, ...] = ()
    gates: Mapping[int, anyio.Event] = field(default_factory=dict)
    """Piece number, from 0, to the event waited for before that piece; one past the last is before the end."""
    fails_at: int | None = None
    """The piece that is never made: `error` is raised in its place."""
    error: Exception = field(default_factory=lambda: EngineError("llm", "The script says to fail here."))


Script = ScriptedReply | Sequence[str] | Callable[[Sequence[Message]], Sequence[str]]
"""A reply in full, its pieces alone, or what makes pieces of the conversation so far."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it came."""

    messages: tuple[Message, ...]
    options: ChatOptions


class ScriptedChatModel:
    """Gives its scripts one after the other, then the last one for ever."""

    info = EngineInfo(engine="scripted", version="1", model="scripted-chat")

    def __init__(self, *scripts: Script, context_tokens: int = 4096) -> None:
        self.context_tokens = self.share_tokens = context_tokens
        self._scripts: deque[Script] = deque(scripts or [("Ndiri ", "kukunzwai.")])
        self.asked: deque[Asked] = deque(maxlen=MAX_RECORDED)
        self.prepared: deque[Asked] = deque(maxlen=MAX_RECORDED)
        self.forgotten: deque[str] = deque(maxlen=MAX_RECORDED)
        self.opened = 0
        """Replies that were begun."""
        self.closed = 0
        """Replies that ended: to the end, by closing, by cancelling or by failing."""

    @property
    def speaking(self) -> int:
        """Replies under way now."""
        return self.opened - self.closed

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """A token a word."""
        return sum(len(message.content.split()) for message in messages)

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        """Records the request; a script needs no preparation."""
        self.prepared.append(Asked(tuple(messages), options))

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """The next script's pieces, `max_new_tokens` of them at most."""
        self.opened += 1
        try:
            self.asked.append(Asked(tuple(messages), options))
            script = self._next(messages)
            for number, piece in enumerate(script.pieces[: options.max_new_tokens]):
                await _before(script, number)
                yield piece
            await _before(script, len(script.pieces))
        finally:
            self.closed += 1

    async def forget(self, session: str) -> None:
        """Records the name."""
        self.forgotten.append(session)

    def _next(self, messages: Sequence[Message]) -> ScriptedReply:
        script = self._scripts.popleft() if len(self._scripts) > 1 else self._scripts[0]
        if isinstance(script, ScriptedReply):
            return script
        return ScriptedReply(pieces=tuple(script(messages) if callable(script) else script))


async def _before(script: ScriptedReply, number: int) -> None:
    """Waits at the gate before this piece, then fails if the script says so."""
    if gate := script.gates.get(number):
        await gate.wait()
    await anyio.lowlevel.checkpoint()
    if number == script.fails_at:
        raise script.error
