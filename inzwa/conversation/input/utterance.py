"""The transcripts of one utterance: partial ones while it is spoken, and a final one begun in each pause.

At most one partial and one draft are being made; closing the utterance cancels both.
"""

from dataclasses import dataclass, field

import anyio

from inzwa.audio.pcm import Sound
from inzwa.conversation.input.partials import LocalAgreement
from inzwa.conversation.load_shedding import Load
from inzwa.conversation.pipeline import Pipeline
from inzwa.conversation.turn import Emit
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
    """One stretch of speech."""

    turn: int
    start_ms: int
    pipeline: Pipeline
    language: str
    hotwords: tuple[str, ...]
    emit: Emit
    partial_ms: int
    """New speech, in milliseconds, between two partials."""
    overlaps_reply: bool = False
    """Spoken over a reply, and perhaps only a backchannel, an echo or noise: nothing of it is shown yet."""
    dropped: int = 0
    """Partials that were due and not made, because the one before was still being made."""
    _agreement: LocalAgreement = field(default_factory=LocalAgreement)
    _partial: anyio.CancelScope | None = None
    _next_partial_ms: int = 0
    _draft: Draft | None = None
    _draft_tokens: tuple[int, ...] = ()
    """Tokens of what was heard last."""

    def __post_init__(self) -> None:
        self._next_partial_ms = self.start_ms + self.partial_ms

    def open_partial(self, now_ms: int, load: Load = Load.EASY) -> anyio.CancelScope | None:
        """The scope to make a partial in, when one is due: enough new speech, no draft or other partial, load allowing.

        Speech over a reply is transcribed whatever the load: the held reply waits for the decision.
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
        """Transcribe and show what was said so far; the text. Empty where that failed: the final will report it."""
        with scope:
            try:
                transcript = await self._transcribe(sound, final=False)
                await self._show(transcript, end_ms)
                return transcript.text
            except InzwaError:
                return ""
            finally:
                self._partial = None
        return ""

    def open_draft(self, end_ms: int) -> Draft:
        """A draft of speech that paused at `end_ms`, in place of the one before. Make it within its scope."""
        self.close()
        self._draft = Draft(end_ms)
        return self._draft

    async def make_draft(self, draft: Draft, sound: Sound) -> str | None:
        """Make and show the transcript, in case this pause is the end; its text. None where it failed: the final will
        try again and report that."""
        try:
            draft.transcript = await self._transcribe(sound, final=True)
        except InzwaError:
            return None
        finally:
            draft.ready.set()
        await self._show(draft.transcript, draft.end_ms)
        return draft.transcript.text

    async def final(self, sound: Sound, end_ms: int) -> Transcript:
        """The utterance's transcript: the draft's, where it was made of the same speech."""
        self._stop_partial()
        draft = self._draft
        if draft is None or draft.end_ms != end_ms:
            self.drop_draft()
        elif transcript := await _result(draft):
            return transcript
        return await self._transcribe(sound, final=True, hurried=True)

    def drop_draft(self) -> None:
        """Speech went on: cancel the draft."""
        if self._draft:
            self._draft.scope.cancel()
            self._draft = None

    def close(self) -> None:
        """Cancel all that is being made of this utterance."""
        self.drop_draft()
        self._stop_partial()

    def _stop_partial(self) -> None:
        if self._partial:
            self._partial.cancel()

    async def _show(self, transcript: Transcript, end_ms: int) -> None:
        if transcript.text and not self.overlaps_reply:
            seen = self._agreement.push(transcript.text)
            await self.emit(AsrPartial(self.turn, seen.text, seen.stable, self.start_ms, end_ms))

    async def _transcribe(self, sound: Sound, *, final: bool, hurried: bool = False) -> Transcript:
        options = HearOptions(
            language=self.language,
            hotwords=self.hotwords,
            final=final,
            hurried=hurried,
            draft_tokens=self._draft_tokens,
        )
        transcript = await self.pipeline.transcribe(sound, options)
        self._draft_tokens = transcript.tokens
        return transcript


async def _result(draft: Draft) -> Transcript | None:
    """The draft's transcript once it is made, None where it failed. Being cancelled while waiting cancels the draft."""
    try:
        await draft.ready.wait()
    finally:
        draft.scope.cancel()
    return draft.transcript
