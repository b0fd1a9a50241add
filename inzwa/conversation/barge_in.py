"""Who has the floor: whether speech is heard now, stops the reply, or is judged first. Knows no sound.

Speech while the reply is still being thought about takes the floor at once. Speech over the reply's sound holds it, is
judged by its words, and takes the floor or gives it back.
"""

from contextlib import suppress
from typing import Final

from inzwa.conversation.options import SessionOptions
from inzwa.conversation.overlap import OverlapKind, classify_overlap
from inzwa.conversation.pipeline import Emit
from inzwa.conversation.turns import Turns
from inzwa.conversation.utterance import Utterance
from inzwa.errors import EngineError

OVERLAP_PARTIAL_MS: Final = 300
"""New speech between two looks at what is said over a reply: a held reply shall not wait long."""


class BargeIn:
    """The rules of one conversation."""

    def __init__(self, turns: Turns, options: SessionOptions) -> None:
        self._turns, self._options = turns, options
        self._hotwords: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether speech is not heard now: interruptions are not wanted, or this is the reply's own first echo."""
        if self._turns.replying and not self._options.barge_in:
            return True
        sounding_ms = self._turns.loudspeaker.sounding_ms
        return (
            not self._options.push_to_talk and sounding_ms is not None and sounding_ms < self._options.barge_in_after_ms
        )

    async def take(self, start_ms: int, now_ms: int, emit: Emit) -> Utterance:
        """Speech begins at `start_ms`: its utterance, which overlaps a reply that is being spoken, or stops it."""
        options = self._options
        overlaps_reply = self._turns.loudspeaker.sounding_ms is not None and not options.push_to_talk
        if overlaps_reply:
            await self._turns.loudspeaker.hold()
        else:
            start_ms = self._joined(start_ms, now_ms)
            await self._turns.stop("interrupted")
        return Utterance(
            turn=self._turns.count + 1,
            start_ms=start_ms,
            pipeline=self._turns.pipeline,
            language=options.language,
            hotwords=self._expected(),
            emit=emit,
            partial_ms=min(options.partial_ms, OVERLAP_PARTIAL_MS) if overlaps_reply else options.partial_ms,
            overlaps_reply=overlaps_reply,
        )

    async def weigh(self, utterance: Utterance, text: str) -> bool:
        """Whether the utterance is to be answered. What is no interruption lets the reply go on."""
        if not utterance.overlaps_reply:
            return True
        if classify_overlap(text, self._turns.loudspeaker.saying) is OverlapKind.INTERRUPTION:
            await self.accept(utterance)
            return True
        await self._turns.loudspeaker.resume()
        return False

    async def accept(self, utterance: Utterance) -> None:
        """It is an interruption, if there is anything to interrupt."""
        if utterance.overlaps_reply:
            utterance.overlaps_reply = False
            await self._turns.stop("interrupted")

    def _joined(self, start_ms: int, now_ms: int) -> int:
        """With the utterance before it, when the user goes on before that one was understood and both fit in one."""
        before_ms = self._turns.unheard_from_ms
        fits = before_ms is not None and now_ms - before_ms < self._options.endpoint.max_ms
        return before_ms if before_ms is not None and fits else start_ms

    def _expected(self) -> tuple[str, ...]:
        """Words to favour with the recogniser at hand; while none is, those of the one before."""
        with suppress(EngineError):
            self._hotwords = self._options.hotwords(self._turns.pipeline.engines.asr.info)
        return self._hotwords
