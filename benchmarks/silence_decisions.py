"""What a rule for the end of a turn does with recorded turns: how long it waits, and where it cuts in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.silence_recording import Recorded
from inzwa.audio.pcm import INPUT_RATE
from inzwa.conversation.input.endpointing import Endpointer, EndpointOptions, SpeechEnded, SpeechPaused, SpeechResumed
from inzwa.engines.vad.silero import FRAME_SAMPLES
from inzwa.shona.dialogue.completeness import completeness

FRAME_MS: Final = FRAME_SAMPLES * 1000 / INPUT_RATE
SLOWEST: Final = 2.26
"""The slowest twentieth of drafts take so many times the median: 230 and 520 ms at the end of a turn, as measured."""
Rule = Callable[[int], Endpointer]
"""From the silence that is asked for, in milliseconds, to an endpointer."""


class Fixed(Endpointer):
    """Always the same silence."""

    def hangover_ms(self) -> float:
        return self.options.silence_ms


class Before(Endpointer):
    """What Inzwa did until it knew completeness and prosody: 450 of 700 ms after a long or finished utterance."""

    cue = ""

    def hangover_ms(self) -> float:
        usual_ms = self.options.silence_ms
        floor_ms = usual_ms * 450 / 700
        if self.cue == "hesitating":
            return usual_ms * 1.6
        if self.cue == "finished":
            return floor_ms
        share = min(1.0, max(0.0, (self.spoken_ms - 1_500) / 3_500))
        return usual_ms - share * (usual_ms - floor_ms)


_SHONA: Final = "kuti uye asi nekuti nokuti kana saka apa kusvika sezvo zvino zvekuti kuitira pamusoro ndinoda ndiri"
_ENGLISH: Final = "and but so because or the a to of with that"
HESITATING: Final = frozenset(f"{_SHONA} {_ENGLISH} em um uh eh aa mmm".split())


def cue_before(text: str) -> str:
    """The cue of those days."""
    last = text.split()[-1].casefold() if text.strip() else ""
    if last.endswith((",", "...", "…", "-")) or last.strip(".?!,") in HESITATING:
        return "hesitating"
    return "finished" if last.endswith((".", "?", "!")) and len(text.split()) >= 3 else ""


RULES: Final[dict[str, Rule]] = {
    "fixed": lambda ms: Fixed(EndpointOptions(silence_ms=ms, pause_ms=min(130, ms)), FRAME_MS),
    "before": lambda ms: Before(EndpointOptions(silence_ms=ms, pause_ms=min(130, ms)), FRAME_MS),
    "now": lambda ms: Endpointer(EndpointOptions(silence_ms=ms), FRAME_MS),
}


@dataclass(frozen=True, slots=True)
class CutIn:
    """A decision inside a turn."""

    kind: str
    """Of the pause; `gap` where none was put in."""
    goes_on_ms: float
    """From the decision to the next speech."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule did with all turns."""

    turns: int
    pauses: int
    """Those put in that are long enough to start a draft."""
    waited_ms: tuple[float, ...]
    cut_ins: tuple[CutIn, ...]
    drafts: int

    @property
    def per_100_turns(self) -> float:
        return 100 * len(self.cut_ins) / self.turns

    @property
    def per_100_pauses(self) -> float:
        return 100 * len(self.cut_ins) / max(1, self.pauses)


def outcome(turns: Sequence[Recorded], rule: Rule, silence_ms: int, draft_ms: float) -> Outcome:
    """Every speaker's turns in a row, as one conversation, decided by the rule."""
    talks = [Talk(rule(silence_ms), draft_ms) for _ in {turn.speaker for turn in turns}]
    for number, speaker in enumerate(sorted({turn.speaker for turn in turns})):
        for turn in turns:
            if turn.speaker == speaker:
                talks[number].hear(turn)
    return Outcome(
        turns=len(turns),
        pauses=sum(end - start >= FRAME_MS * 4 for turn in turns for _, start, end in turn.pauses),
        waited_ms=tuple(wait for talk in talks for wait in talk.waited_ms),
        cut_ins=tuple(cut for talk in talks for cut in talk.cut_ins),
        drafts=sum(talk.drafts for talk in talks),
    )


class Talk:
    """One speaker's conversation."""

    def __init__(self, endpointer: Endpointer, draft_ms: float) -> None:
        self._endpointer, self._draft_ms = endpointer, draft_ms
        self._before_ms = 0
        self._due: tuple[float, str] | None = None
        self.waited_ms: list[float] = []
        self.cut_ins: list[CutIn] = []
        self.drafts = 0

    def hear(self, turn: Recorded) -> None:
        """The turn to the end of the silence after it."""
        for number, probability in enumerate(turn.probabilities, 1):
            now_ms = number * FRAME_MS
            if self._due and now_ms >= self._due[0]:
                tell(self._endpointer, self._due[1])
                self._due = None
            edge = self._endpointer.step(probability)
            if isinstance(edge, SpeechPaused):
                self._pause(turn, edge, now_ms)
            elif isinstance(edge, SpeechResumed | SpeechEnded):
                self._due = None
                tell(self._endpointer, "")
            if isinstance(edge, SpeechEnded):
                self._end(turn, now_ms)
        self._endpointer.reset()
        self._before_ms = self._endpointer.now_ms

    def _pause(self, turn: Recorded, edge: SpeechPaused, now_ms: float) -> None:
        """A draft is begun, and the sound before the pause is looked at."""
        self.drafts += 1
        end_ms = edge.end_ms - self._before_ms
        silence = next((each for each in turn.silences if each.end_ms == end_ms), None)
        if silence:
            luck = np.random.default_rng((turn.speaker, turn.script, end_ms)).normal()
            took_ms = self._draft_ms * SLOWEST ** (luck / 1.645)
            self._due = (now_ms + took_ms, silence.text)
            self._endpointer.prosody = silence.prosody

    def _end(self, turn: Recorded, now_ms: float) -> None:
        if now_ms >= turn.end_ms:
            self.waited_ms.append(now_ms - turn.end_ms)
            return
        kind, end_ms = next(
            ((kind, end) for kind, start, end in turn.pauses if start <= now_ms <= end + FRAME_MS), ("gap", now_ms)
        )
        self.cut_ins.append(CutIn(kind, max(0.0, end_ms - now_ms)))


def tell(endpointer: Endpointer, text: str) -> None:
    """The words so far, none where they are not known, as far as the rule wants to know."""
    if isinstance(endpointer, Before):
        endpointer.cue = cue_before(text)
    else:
        endpointer.completeness = completeness(text) if text else None
