"""Barge-in: whether speech is heard now, stops the reply, or is judged by its words first. It is decided here alone.

Speech while the reply is still being thought about stops it at once, and so does a button. Speech over the reply's
sound holds the sound; its words then decide: an interruption stops the reply, anything else lets it go on.
"""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Final

from inzwa.conversation.input.utterance import Utterance
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.overlap import OverlapKind, classify_overlap
from inzwa.conversation.turn import Emit
from inzwa.conversation.turn_taking import Turns
from inzwa.errors import EngineError
from inzwa.protocols import Transcript

OVERLAP_PARTIAL_MS: Final = 300
"""New speech between two partial transcripts of speech over a reply: a held reply should not wait long."""


class BargeIn:
    """The rules of one conversation."""

    def __init__(self, turns: Turns, options: SessionOptions, emit: Emit) -> None:
        self._turns, self._options, self._emit = turns, options, emit
        self._hotwords: tuple[str, ...] = ()

    async def begin(self, start_ms: int, now_ms: int) -> Utterance | None:
        """Speech begins at `start_ms`: its utterance, the reply held or stopped; None where it is not to be heard."""
        if self._ignored():
            return None
        options = self._options
        overlaps = self._turns.playout.sounding_ms is not None and not options.push_to_talk
        if overlaps:
            await self._turns.playout.hold()
        else:
            start_ms = self._joined(start_ms, now_ms)
            await self._turns.stop("interrupted")
        return Utterance(
            turn=self._turns.next_number,
            start_ms=start_ms,
            pipeline=self._turns.pipeline,
            language=options.language,
            hotwords=self._current_hotwords(),
            emit=self._emit,
            partial_ms=min(options.partial_ms, OVERLAP_PARTIAL_MS) if overlaps else options.partial_ms,
            overlaps_reply=overlaps,
        )

    async def speech_resumed(self, utterance: Utterance) -> None:
        """Speech goes on after a pause: hold the reply again, if it may still be an interruption."""
        if utterance.overlaps_reply:
            await self._turns.playout.hold()

    def undecided(self, utterance: Utterance) -> bool:
        """Whether the utterance's words have yet to show that it is to be answered."""
        return utterance.overlaps_reply

    async def is_answered(self, utterance: Utterance, text: str) -> bool:
        """Whether the utterance is to be answered, by the words heard so far; if not, the reply goes on."""
        if not utterance.overlaps_reply:
            return True
        if classify_overlap(text, self._turns.playout.recent_text) is OverlapKind.INTERRUPTION:
            await self.accept(utterance)
            return True
        await self._turns.playout.resume()
        return False

    async def decide(self, utterance: Utterance, final: Awaitable[Transcript]) -> Transcript | None:
        """Speech over the reply is over: its transcript where it is to be answered, None where the reply goes on."""
        try:
            transcript = await final
        except EngineError as error:
            await self._turns.report(error)
            await self._turns.playout.resume()
            return None
        return transcript if await self.is_answered(utterance, transcript.text) else None

    async def accept(self, utterance: Utterance) -> None:
        """It is an interruption, if there is anything to interrupt."""
        if utterance.overlaps_reply:
            utterance.overlaps_reply = False
            await self._turns.stop("interrupted")

    def _ignored(self) -> bool:
        """Interruptions are not wanted, or this is the echo of the reply's first moments."""
        if self._turns.replying and not self._options.barge_in:
            return True
        sounding_ms = self._turns.playout.sounding_ms
        return (
            not self._options.push_to_talk and sounding_ms is not None and sounding_ms < self._options.barge_in_after_ms
        )

    def _joined(self, start_ms: int, now_ms: int) -> int:
        """The start of the speech before it, where the user goes on before that is transcribed and both fit in one."""
        before_ms = self._turns.untranscribed_from_ms
        fits = before_ms is not None and now_ms - before_ms < self._options.endpoint.max_ms
        return before_ms if before_ms is not None and fits else start_ms

    def _current_hotwords(self) -> tuple[str, ...]:
        """Words to favour with the recogniser of this moment; while none serves, those of the one before."""
        with suppress(EngineError):
            self._hotwords = self._options.hotwords(self._turns.pipeline.engines.asr.info)
        return self._hotwords
