"""What the endpointer meets in scripted turns, worked out once and kept: speech probabilities, transcripts, prosody.

The real detector hears every turn; at each pause that it finds, the real recogniser hears what was said so far, as
a draft is made in a conversation. Deciding over it afterwards takes no model, so rules can be compared by the hundred.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.silence_speech import Script, Turn, speakers
from benchmarks.silence_voice import PausingVoice
from inzwa.audio.pcm import INPUT_RATE, Sound
from inzwa.conversation.input.endpointing import EndpointOptions, SpeechPaused
from inzwa.conversation.input.prosody import WINDOW_MS, Prosody, prosody
from inzwa.conversation.input.speech_input import SpeechInput
from inzwa.engines.asr.whisper import Whisper
from inzwa.engines.vad.silero import Silero
from inzwa.protocols import HearOptions
from inzwa.shona.dialogue.hotwords import core_hotwords

SHORTEST_PAUSE_MS = 90
"""Shorter ones start no draft under any rule."""
NEVER_MS = 60_000


@dataclass(frozen=True, slots=True)
class Silence:
    """A pause that the detector found. Times are milliseconds of the turn's sound."""

    end_ms: int
    """Where the speech before it ended, as the detector says."""
    text: str
    """What the recogniser makes of the turn so far."""
    took_ms: float
    prosody: Prosody


@dataclass(frozen=True, slots=True)
class Recorded:
    """A turn as the endpointer meets it."""

    speaker: int
    script: int
    language: str
    text: str
    probabilities: tuple[float, ...]
    """Of speech, a frame each."""
    pauses: tuple[tuple[str, float, float], ...]
    """Those put in: kind, start, end."""
    end_ms: float
    silences: tuple[Silence, ...]


class _Kept:
    """A detector's stream that keeps what it answered."""

    def __init__(self, detector: Silero) -> None:
        self.frame_samples, self.info = detector.frame_samples, detector.info
        self._stream = detector.open_stream()
        self.answers: list[float] = []

    def open_stream(self) -> "_Kept":
        return self

    def probability(self, frame: Sound) -> float:
        self.answers.append(round(self._stream.probability(frame), 3))
        return self.answers[-1]


async def record(
    scripts: Sequence[Script], voice: PausingVoice, detector: Silero, whisper: Whisper, count: int, seed: int
) -> list[Recorded]:
    """Every script said by `count` speakers, each time with other pauses."""
    chance = np.random.default_rng(seed)
    recorded = []
    for number, speaker in enumerate(speakers(count, chance)):
        for at, script in enumerate(scripts):
            turn = voice.say(script, speaker, chance)
            probabilities, silences = await _heard(turn, detector, whisper)
            pauses = tuple((each.kind, round(each.start_ms), round(each.end_ms)) for each in turn.pauses)
            recorded.append(
                Recorded(number, at, turn.language, turn.text, probabilities, pauses, round(turn.end_ms), silences)
            )
        print(f"speaker {number + 1} of {count}", flush=True)
    return recorded


async def _heard(turn: Turn, detector: Silero, whisper: Whisper) -> tuple[tuple[float, ...], tuple[Silence, ...]]:
    kept = _Kept(detector)
    options = EndpointOptions(pause_ms=SHORTEST_PAUSE_MS, silence_ms=NEVER_MS, silence_floor_ms=NEVER_MS, max_ms=30_000)
    ear, silences = SpeechInput(kept, options), list[Silence]()
    for at in range(0, turn.sound.size, INPUT_RATE // 50):
        for edge in ear.push(turn.sound[at : at + INPUT_RATE // 50]):
            if isinstance(edge, SpeechPaused):
                began = time.perf_counter()
                heard = await whisper.transcribe(
                    ear.cut(edge.start_ms, edge.end_ms), HearOptions(hotwords=core_hotwords())
                )
                took_ms = (time.perf_counter() - began) * 1000
                end = turn.sound[max(0, edge.end_ms - WINDOW_MS) * 16 : edge.end_ms * 16]
                silences.append(Silence(edge.end_ms, heard.text, round(took_ms, 1), prosody(end)))
    return tuple(kept.answers), tuple(silences)


def keep(path: Path, recorded: Sequence[Recorded]) -> None:
    """A turn a line, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in recorded), encoding="utf-8")


def kept(path: Path) -> list[Recorded]:
    """What `keep` wrote."""
    return [_recorded(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _recorded(row: dict[str, Any]) -> Recorded:
    silences = tuple(Silence(**each | {"prosody": Prosody(**each["prosody"])}) for each in row.pop("silences"))
    pauses = tuple(tuple(each) for each in row.pop("pauses"))
    return Recorded(**row | {"silences": silences, "pauses": pauses, "probabilities": tuple(row["probabilities"])})
