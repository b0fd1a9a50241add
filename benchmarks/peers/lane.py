"""One way of answering beside the others, and the files that all of them run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.rig.figures import spread
from benchmarks.rig.speech import Sentence
from benchmarks.rig.user import Connection, Microphone, Turn, converse, rest, sounding, take_turn
from inzwa.engines.tts.text.piper import read_piper_config
from inzwa.models.store import Store, default_cache

CALM_S: Final = 0.8
"""Of silence before every sentence, while the reply before it dies away."""

LIMIT_S: Final = 15.0
"""After which an answer counts as lost."""

MODEL_NAMES: Final = ("whisper-base", "smollm2-135m", "joe-medium")


@dataclass(slots=True)
class Lane:
    """One way of answering."""

    name: str
    connection: Connection
    asked: bool
    """Whether the user asks for the answer."""
    turns: list[Turn] = field(default_factory=list)

    async def take(self, sentence: Sentence) -> Turn:
        """One turn, up to its first sound."""
        found: list[Turn] = []

        async def talk(connection: Connection, microphone: Microphone) -> None:
            await rest(connection, CALM_S)
            say = microphone.speak
            found.append(
                await take_turn(connection, say, sentence.sound, asked=self.asked, enough=sounding, limit_s=LIMIT_S)
            )
            await connection.cancel()
            await rest(connection, CALM_S)

        await converse(self.connection, talk)
        return found[0]


def figures(name: str, turns: Sequence[Turn]) -> dict[str, Any]:
    """One lane as it is written."""
    first = spread(turn.first_audio_ms for turn in turns)
    return {
        "lane": name,
        "turns": len(turns),
        "p50_ms": first.p50,
        "p95_ms": first.p95,
        "worst_ms": first.worst,
        "decided_p50_ms": spread(turn.silence_ms for turn in turns).p50,
        "answered_p50_ms": spread(turn.answer_ms for turn in turns).p50,
        "lost": sum(turn.lost for turn in turns),
        "first_audio_ms": [turn.first_audio_ms for turn in turns],
        "heard": [turn.heard for turn in turns],
    }


@dataclass(frozen=True, slots=True)
class Models:
    """The files that all sides run."""

    whisper: Path
    llm: Path
    voice: Path
    voice_rate: int


def local_models() -> Models:
    """Out of Inzwa's cache, fetched where it lacks them."""
    store = Store(default_cache())
    whisper, llm, voice = (store.fetch(name) for name in MODEL_NAMES)
    rate = read_piper_config(voice.path(".onnx.json")).sample_rate
    return Models(Path(whisper.folder), Path(llm.path(".gguf")), Path(voice.path(".onnx")), rate)
