"""A voice that makes tones by a test's script; it ships with the package, so that no test patches."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.lowlevel
import numpy as np

from inzwa.audio.pcm import Sound
from inzwa.errors import EngineError
from inzwa.protocols import EngineInfo, SpokenChunk, VoiceOptions

CHUNK_MS: Final = 100
LETTER_MS: Final = 50
"""What a letter or digit lasts: about as long as in Shona said at a voice's own pace."""

_TONE_HZ: Final = 220.0
_LEVEL: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedPhrase:
    """How one phrase is said: where it waits and where it breaks. Chunks count from 0."""

    gates: Mapping[int, anyio.Event] = field(default_factory=dict)
    """Chunk number to the event waited for before that chunk; one past the last stands before the end."""
    fails_at: int | None = None
    """The chunk that is never made: `error` is raised in its place."""
    error: Exception = field(default_factory=lambda: EngineError("tts", "The script says to fail here."))


@dataclass(frozen=True, slots=True)
class Spoken:
    """One request, as it came."""

    text: str
    options: VoiceOptions


class ScriptedVoice:
    """Says each text as a tone, LETTER_MS a letter in chunks of CHUNK_MS; a text without letters gives nothing.

    Its scripts serve the phrases one after the other; when they have run out nothing waits and nothing fails.
    """

    info = EngineInfo(engine="scripted", version="1", model="scripted-voice")

    def __init__(
        self, *scripts: ScriptedPhrase, sample_rate: int = 22_050, voices: tuple[str, ...] = ("scripted-voice",)
    ) -> None:
        self.sample_rate, self.voices = sample_rate, voices
        self._scripts = iter(scripts)
        self.spoken: list[Spoken] = []
        """Every request, in order."""
        self.opened = 0
        """Phrases that were begun."""
        self.closed = 0
        """Phrases that ended: to the end, by closing, by cancelling or by failing."""
        self.chunks = 0
        """Chunks made so far."""

    @property
    def speaking(self) -> int:
        """Phrases under way now."""
        return self.opened - self.closed

    async def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        """The tone, chunk by chunk, as the next script tells."""
        self.opened += 1
        try:
            self.spoken.append(Spoken(text, options))
            script = next(self._scripts, ScriptedPhrase())
            chunks = self._chunks(tone(text, self.sample_rate, options.speed))
            for number, sound in enumerate(chunks):
                await _pass(script, number)
                self.chunks += 1
                yield SpokenChunk(sound, self.sample_rate)
            await _pass(script, len(chunks))
        finally:
            self.closed += 1

    def _chunks(self, sound: Sound) -> list[Sound]:
        size = self.sample_rate * CHUNK_MS // 1000
        return [sound[at : at + size] for at in range(0, sound.size, size)]


def tone(text: str, sample_rate: int, speed: float = 1.0) -> Sound:
    """What the scripted voice makes of a text, shape (samples,), float32."""
    letters = sum(map(str.isalnum, text))
    samples = int(letters * LETTER_MS * sample_rate / 1000 / speed)
    wave = _LEVEL * np.sin(2 * np.pi * _TONE_HZ / sample_rate * np.arange(samples))
    return np.asarray(wave, dtype=np.float32)


async def _pass(script: ScriptedPhrase, number: int) -> None:
    """Waits at the gate before this chunk, then fails if it is its turn to."""
    if gate := script.gates.get(number):
        await gate.wait()
    await anyio.lowlevel.checkpoint()
    if number == script.fails_at:
        raise script.error
