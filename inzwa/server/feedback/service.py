"""What the socket and the page do with what evaluators give: each change is on disk when its call returns."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

from anyio import to_thread

from inzwa.audio.pcm import INPUT_RATE, Sound, milliseconds, pcm16_from_sound
from inzwa.errors import BadAudio, BadMessage, FeedbackOff, UnknownTurn
from inzwa.feedback.codes import contributor_id
from inzwa.feedback.consent_text import LANGUAGES, consent_text, version
from inzwa.feedback.consents import give_consent, require
from inzwa.feedback.contributions import Contribution, SavedSound, contribute, remove_recording
from inzwa.feedback.overview import overview
from inzwa.feedback.ratings import check_rating, check_text, rate, stored_turn, was_rated
from inzwa.feedback.recordings import delete_unused, save_sound
from inzwa.feedback.records import Consent, JsonObject, Rating, TurnRecord
from inzwa.feedback.store.protocol import FeedbackStore
from inzwa.feedback.submissions import check_key
from inzwa.feedback.withdrawal import withdraw
from inzwa.server.feedback.turn_log import TurnLog
from inzwa.server.metrics import Metrics
from inzwa.settings import Settings

SHORTEST_MS: Final = 200
"""A shorter recording holds no word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A recording as it was sent."""

    sound: Sound
    """Shape (samples,), 16 kHz."""
    kind: str = "turn"
    """`turn`: said to Inzwa; `reading`: a sentence read aloud."""
    text: str = ""
    """What is said in it, where the contributor has written that."""
    conversation: str = ""
    turn: int = 0
    """The turn's number in that conversation, of kind `turn`."""
    task: str = ""
    """The task, of kind `reading`."""


class FeedbackService:
    """What one application does with feedback. Codes of contributors come in; only their ids are stored."""

    def __init__(self, store: FeedbackStore, settings: Settings, turn_log: TurnLog, metrics: Metrics) -> None:
        self.store, self.settings, self.turn_log = store, settings, turn_log
        self._metrics = metrics

    async def consent(self, consent: Consent, code: str = "") -> JsonObject:
        """Keep a consent: its `code`, `contributor`, `version`, `text`, `voice` and `licence`.

        The errors of `give_consent`; FeedbackOff for a voice where no recordings are taken.
        """
        if consent.voice:
            self.require_recordings()
        code = await self.store.write(partial(give_consent, consent=consent, code=code))
        self._metrics.given("consent")
        said = {name: getattr(consent, name) for name in ("version", "text", "voice", "licence")}
        return {"code": code, "contributor": contributor_id(code), **said}

    async def rate(self, code: str, conversation: str, number: int, rating: Rating, key: str) -> None:
        """Keep what the contributor thinks of a turn.

        The errors of `ratings.rate`; UnknownTurn for a turn that is neither remembered nor kept for this contributor.
        """
        check_rating(rating)
        check_key(key)
        contributor = contributor_id(code)
        try:
            turn = await self._turn(contributor, conversation, number)
        except UnknownTurn:
            before = partial(was_rated, contributor=contributor, conversation=conversation, number=number)
            if await self.store.read(partial(before, rating=rating, key=key)):
                return
            raise
        await self.store.write(partial(rate, contributor=contributor, turn=turn, rating=rating, key=key))
        self._metrics.given("rating")

    async def contribute(self, code: str, key: str, clip: Clip) -> str:
        """Keep a recording; its id.

        FeedbackOff where none are taken, BadAudio for one too short, QuotaReached; the errors of `contribute` itself.
        """
        self.require_recordings()
        check_key(key)
        check_text("text", clip.text)
        contributor = contributor_id(code)
        await self.store.read(partial(require, contributor=contributor, voice=True))
        contribution = await self._contribution(contributor, clip)
        folder = self.store.folder
        recording = await self.store.write(
            partial(contribute, folder=folder, contributor=contributor, contribution=contribution, key=key)
        )
        self._metrics.given("recording")
        return recording

    async def remove_recording(self, code: str, recording: str) -> bool:
        """Delete one recording of the contributor's; whether there was one."""
        change = partial(remove_recording, contributor=contributor_id(code), recording=recording)
        sounds = await self.store.write(change)
        await self._delete(sounds)
        return bool(sounds)

    async def mine(self, code: str) -> JsonObject:
        """What is held of the contributor, as `overview`."""
        return await self.store.read(partial(overview, contributor=contributor_id(code)))

    async def withdraw(self, code: str) -> JsonObject:
        """Delete everything of the contributor's: `deleted` counts it, `published` says what becomes of the dataset."""
        done = await self.store.write(partial(withdraw, contributor=contributor_id(code)))
        await self._delete(done.sounds)
        self._metrics.given("withdrawal")
        return {"deleted": done.counts, "published": "scheduled" if done.published else "none"}

    def require_recordings(self) -> None:
        """FeedbackOff unless this server takes recordings."""
        if self.settings.feedback != "full":
            raise FeedbackOff("This server takes no recordings (INZWA_FEEDBACK is not full).")

    async def _turn(self, contributor: str, conversation: str, number: int) -> TurnRecord:
        """As remembered, else as it was kept with an earlier rating."""
        try:
            return self.turn_log.turn(conversation, number)
        except UnknownTurn:
            kept = await self.store.read(
                partial(stored_turn, contributor=contributor, conversation=conversation, number=number)
            )
            if kept is None:
                raise
            return kept

    async def _contribution(self, contributor: str, clip: Clip) -> Contribution:
        saved = partial(self._save, clip.sound)
        match clip.kind:
            case "turn":
                turn = await self._turn(contributor, clip.conversation, clip.turn)
                language = str(turn.settings.get("language", self.settings.language))
                return Contribution(kind="turn", sound=await saved(), text=clip.text, turn=turn, language=language)
            case "reading":
                return Contribution(kind="reading", sound=await saved(), task=clip.task)
            case _:
                raise BadMessage("`kind` is turn or reading.")

    async def _save(self, sound: Sound) -> SavedSound:
        """The sound on disk, before any row names it."""
        duration_ms = milliseconds(sound.size, INPUT_RATE)
        if duration_ms < SHORTEST_MS:
            raise BadAudio(f"A recording lasts at least {SHORTEST_MS} ms.")
        save = partial(save_sound, quota_mb=self.settings.feedback_quota_mb)
        sha256, size = await to_thread.run_sync(save, self.store.folder, pcm16_from_sound(sound))
        return SavedSound(sha256=sha256, size_bytes=size, duration_ms=duration_ms)

    async def _delete(self, sounds: Iterable[str]) -> None:
        """Files whose rows are gone. Where that fails they are found, and deleted, by the next `tidy`."""
        if wanted := frozenset(sounds):
            await self.store.write(partial(delete_unused, folder=self.store.folder, sha256s=wanted))


def describe_consent(settings: Settings) -> JsonObject:
    """What contributors are told and asked: the text in each language, its version, the licence, what is kept."""
    texts = {language: asdict(consent_text(settings, language)) for language in LANGUAGES}
    about = {"version": version(), "licence": settings.feedback_licence, "feedback": settings.feedback}
    return about | texts
