"""What one utterance becomes while it is spoken: partial transcripts, and a final one begun in each pause.

Knows no endpointing and no reply. At most one partial and one draft are under way; closing the utterance cancels both.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from inzwa.audio.pcm import Sound
from inzwa.conversation.load import Load
from inzwa.conversation.partials import LocalAgreement
from inzwa.conversation.pipeline import Emit, Pipeline
from inzwa.errors import InzwaError
from inzwa.events import AsrPartial
from inzwa.protocols import HearOptions, Transcript


@dataclass(slots=True, eq=False)
class Draft:
    """A final transcript begun before it was sure that the user had finished."""

    end_ms: int
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    ready: anyio.Event = field(default_factory=anyio.Event)
    transcript: Transcript | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Utterance:
    """One stretch of speech under way."""

    turn: int
    start_ms: int
    pipeline: Pipeline
    language: str
    hotwords: tuple[str, ...]
    emit: Emit
    partial_ms: int
    """New speech, in milliseconds, between two partials."""
    overlaps_reply: bool = False
    """Spoken over a reply, and not yet known to be more than assent, echo or noise: nothing of it is shown."""
    dropped: int = 0
    """Partials that were due and not made, because the one before was still being made."""
    _agreement: LocalAgreement = field(default_factory=LocalAgreement)
    _partial: anyio.CancelScope | None = None
    _next_partial_ms: int = 0
    _draft: Draft | None = None
    _guess: tuple[int, ...] = ()
    """Tokens of what was heard last."""

    def __post_init__(self) -> None:
        self._next_partial_ms = self.start_ms + self.partial_ms

    def open_partial(self, now_ms: int, load: Load = Load.EASY) -> anyio.CancelScope | None:
        """The scope to make a partial in, when one is due: enough new speech, no draft, none under way, and room.

        Speech over a reply is looked at whatever the load: somebody is waiting for the judgement.
        """
        if self._draft is not None or now_ms < self._next_partial_ms:
            return None
        self._next_partial_ms = now_ms + self.partial_ms * (2 if load >= Load.BUSY and not self.overlaps_reply else 1)
        if self._partial is not None or (load >= Load.HEAVY and not self.overlaps_reply):
            self.dropped += 1
            return None
        self._partial = anyio.CancelScope()
        return self._partial

    async def make_partial(self, scope: anyio.CancelScope, sound: Sound, end_ms: int) -> str:
        """Transcribe and show what has been said so far; the text. A failing recogniser shows in the final."""
        with scope:
            try:
                transcript = await self._hear(sound, final=False)
                await self._show(transcript, end_ms)
                return transcript.text
            except InzwaError:
                return ""
            finally:
                self._partial = None
        return ""

    def open_draft(self, end_ms: int) -> Draft:
        """A draft of speech that paused at `end_ms`, in place of the one before."""
        self.close()
        self._draft = Draft(end_ms)
        return self._draft

    async def make_draft(self, draft: Draft, sound: Sound, then: Callable[[str], Awaitable[None]]) -> None:
        """Begin the final transcript; `then` gets its text, within the draft."""
        with draft.scope:
            try:
                draft.transcript = await self._hear(sound, final=True)
            except InzwaError:
                return  # the final tries again and says so
            finally:
                draft.ready.set()
            await self._show(draft.transcript, draft.end_ms)
            await then(draft.transcript.text)

    async def final(self, sound: Sound, end_ms: int) -> Transcript:
        """The utterance's transcript: the draft's, where it was made of the same speech."""
        self._stop_partial()
        draft = self._draft
        if draft is None or draft.end_ms != end_ms:
            self.drop_draft()
        elif transcript := await _settled(draft):
            return transcript
        return await self._hear(sound, final=True)

    def drop_draft(self) -> None:
        """Speech went on: the draft is worth nothing."""
        if self._draft:
            self._draft.scope.cancel()
            self._draft = None

    def close(self) -> None:
        """Nobody waits for this utterance any more."""
        self.drop_draft()
        self._stop_partial()

    def _stop_partial(self) -> None:
        if self._partial:
            self._partial.cancel()

    async def _show(self, transcript: Transcript, end_ms: int) -> None:
        if transcript.text and not self.overlaps_reply:
            seen = self._agreement.push(transcript.text)
            await self.emit(AsrPartial(self.turn, seen.text, seen.stable, self.start_ms, end_ms))

    async def _hear(self, sound: Sound, *, final: bool) -> Transcript:
        options = HearOptions(language=self.language, hotwords=self.hotwords, final=final, guess=self._guess)
        transcript = await self.pipeline.hear(sound, options)
        self._guess = transcript.tokens
        return transcript


async def _settled(draft: Draft) -> Transcript | None:
    """What became of the draft. Who is cancelled while waiting for it takes it along."""
    try:
        await draft.ready.wait()
    finally:
        draft.scope.cancel()
    return draft.transcript
