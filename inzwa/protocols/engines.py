"""The four engines that all sessions share."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from inzwa.protocols.asr import Transcriber
from inzwa.protocols.info import EngineInfo
from inzwa.protocols.llm import ChatModel
from inzwa.protocols.stages import Exchange, Stage, fixed
from inzwa.protocols.tts import Synthesizer
from inzwa.protocols.vad import VoiceDetector


@runtime_checkable
class Replaceable(Protocol):
    """An engine that may become another while it is used."""

    def pinned(self) -> AbstractContextManager[Any]:
        """What it is at this moment, for as long as the block lasts."""
        ...


@dataclass(frozen=True, slots=True)
class Engines:
    """The four that all sessions share, and the way to exchange one."""

    vad: VoiceDetector
    asr: Transcriber
    llm: ChatModel
    tts: Synthesizer
    exchange: Exchange = fixed

    def infos(self) -> dict[Stage, EngineInfo]:
        """Stage name to what serves it."""
        return {"vad": self.vad.info, "asr": self.asr.info, "llm": self.llm.info, "tts": self.tts.info}

    @contextmanager
    def pinned(self) -> Iterator["Engines"]:
        """These four as they are at this moment, for one turn: one that is exchanged serves it to its end."""
        with ExitStack() as stack:

            def hold(engine: Any) -> Any:
                return stack.enter_context(engine.pinned()) if isinstance(engine, Replaceable) else engine

            yield Engines(hold(self.vad), hold(self.asr), hold(self.llm), hold(self.tts), self.exchange)
