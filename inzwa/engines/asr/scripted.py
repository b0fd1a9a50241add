"""A transcriber whose answers a test writes down; it ships with the package, so that no test patches."""

from collections.abc import Callable, Iterable
from itertools import chain, repeat

import anyio
import anyio.lowlevel

from inzwa.audio.pcm import Sound
from inzwa.protocols import EngineInfo, HearOptions, Transcript

Line = str | Transcript | Exception
"""One answer: a text, a whole transcript, or an exception to raise."""


class ScriptedTranscriber:
    """Answers each call with the next line of its script; the last line is repeated for ever."""

    info = EngineInfo(engine="scripted", version="1", model="scripted-asr")

    def __init__(
        self,
        script: Iterable[Line] | Callable[[Sound, HearOptions], Line] = ("mhoro",),
        *,
        gate: anyio.Event | None = None,
    ) -> None:
        """`script` is the answers in order, or what makes one of each call. With a `gate` every call waits for it."""
        self._answer = script if callable(script) else _in_order(script)
        self.gate = gate
        self.calls: list[tuple[Sound, HearOptions]] = []
        """What every call was given, cancelled and failed ones too."""
        self.cancelled = 0
        """Calls that were cancelled while they waited."""
        self.running = 0
        """Calls inside `transcribe` now."""

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        """The script's answer to this call."""
        self.calls.append((sound, options))
        self.running += 1
        try:
            await self._pass_gate()
        finally:
            self.running -= 1
        line = self._answer(sound, options)
        if isinstance(line, Exception):
            raise line
        return line if isinstance(line, Transcript) else Transcript(line)

    async def _pass_gate(self) -> None:
        try:
            await anyio.lowlevel.checkpoint()
            if self.gate is not None:
                await self.gate.wait()
        except anyio.get_cancelled_exc_class():
            self.cancelled += 1
            raise


def _in_order(script: Iterable[Line]) -> Callable[[Sound, HearOptions], Line]:
    lines = list(script) or [""]
    remaining = chain(lines, repeat(lines[-1]))
    return lambda _sound, _options: next(remaining)
