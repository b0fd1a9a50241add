"""Where speech begins, pauses and ends, from the speech probability of each frame.

Time is counted in frames of one length. The states and what moves between them:

    QUIET     a frame of speech               -> ONSET
    ONSET     speech for `onset_ms`           -> SPEAKING   SpeechStarted, dated back to the onset less `pad_ms`
              a quiet frame                   -> QUIET      it was a click
    SPEAKING  quiet for `pause_ms`            -> PAUSED     SpeechPaused: the final transcript may be started
    PAUSED    a frame of speech               -> SPEAKING   SpeechResumed: that transcript is discarded
              quiet for the hangover          -> QUIET      SpeechEnded
    SPEAKING, PAUSED  longer than `max_ms`    -> OVERRUN    SpeechEnded, `too_long`: at the last pause, so that no word
                                                            is cut, unless that gives up more than half
    OVERRUN   quiet for `silence_ms`          -> QUIET      the excess speech is discarded

The hangover is a share of silence_ms that depends on what is known of the pause: how much was said, how complete the
words are, how the speech before it sounds (turn_end.py).
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

from inzwa.conversation.input.prosody import Prosody
from inzwa.conversation.input.turn_end import PauseCues, hangover_share


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointOptions:
    """What counts as speech and how long silence must last. All `_ms` are milliseconds of sound."""

    threshold: float = 0.5
    """Probability from which a frame is speech."""
    release: float = 0.15
    """Once speaking, a frame is quiet only below `threshold - release`: hysteresis against flicker."""
    onset_ms: int = 90
    pause_ms: int = 96
    silence_ms: int = 700
    """The silence that ends an utterance where nothing speaks for its end or against it."""
    silence_floor_ms: int = 300
    """The least that adapting makes of it."""
    pad_ms: int = 300
    """Sound before the onset that belongs to the utterance, so that the first word is whole."""
    max_ms: int = 20_000


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    start_ms: int


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    start_ms: int
    end_ms: int
    """Where the last speech ended."""


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    start_ms: int
    end_ms: int
    """Where the last speech ended; the hangover is not part of it."""
    reason: Literal["silence", "finished", "too_long"]


Edge = SpeechStarted | SpeechPaused | SpeechResumed | SpeechEnded


class State(Enum):
    QUIET = auto()
    ONSET = auto()
    SPEAKING = auto()
    PAUSED = auto()
    OVERRUN = auto()


class Endpointer:
    """One conversation's endpoint detection. Feed it every frame's probability, in order."""

    def __init__(self, options: EndpointOptions, frame_ms: float) -> None:
        self.options = options
        self.state = State.QUIET
        self.completeness: float | None = None
        """Of the words up to this pause; set from outside, None again when speech goes on or ends."""
        self.prosody = Prosody()
        """Of the speech before this pause; likewise."""
        self._frame_ms = frame_ms
        self._frames = 0
        self._onset = 0
        self._last_speech = 0
        self._pause = 0
        """Where speech stopped before the last pause; 0 when the utterance had none."""
        self._used = 0
        """Frames that belong to an earlier utterance, or to one that was discarded."""

    @property
    def now_ms(self) -> int:
        """Milliseconds of sound heard."""
        return self._ms(self._frames)

    @property
    def speaking(self) -> bool:
        return self.state in (State.SPEAKING, State.PAUSED)

    @property
    def start_ms(self) -> int:
        """Where the utterance begins: padding included, but nothing of the one before."""
        return max(self._ms(self._used), self._ms(self._onset) - self.options.pad_ms)

    def step(self, probability: float) -> Edge | None:
        """What the next frame changes, if anything."""
        self._frames += 1
        limit = self.options.threshold - (self.options.release if self.speaking else 0)
        edge = _STEPS[self.state](self, probability >= limit)
        if self.speaking and self.now_ms - self.start_ms >= self.options.max_ms:
            return self._end("too_long", State.OVERRUN, self._overrun_end())
        return edge

    def finish(self) -> SpeechEnded | None:
        """End the utterance now, as when the user presses a button; None where there is no speech."""
        if self.state is State.ONSET:
            self._last_speech = self._frames
        if self.speaking or self.state is State.ONSET:
            return self._end("finished", State.QUIET)
        self.reset()
        return None

    def reset(self) -> None:
        """Discard the current utterance. Time goes on."""
        self._reset_to(State.QUIET, self._frames)

    @property
    def spoken_ms(self) -> int:
        """Speech from the onset to where it last was, pauses included."""
        return self._ms(self._last_speech - self._onset)

    def hangover_ms(self) -> float:
        """The silence that would end the utterance now."""
        cues = PauseCues(spoken_ms=self.spoken_ms, completeness=self.completeness, prosody=self.prosody)
        adapted_ms = self.options.silence_ms * hangover_share(cues)
        return max(adapted_ms, min(self.options.silence_floor_ms, self.options.silence_ms))

    def _quiet(self, is_speech: bool) -> None:
        if is_speech:
            self.state = State.ONSET
            self._onset = self._frames - 1
            self._last_speech = self._frames

    def _onset_step(self, is_speech: bool) -> SpeechStarted | None:
        if not is_speech:
            self.state = State.QUIET
            return None
        self._last_speech = self._frames
        if self._ms(self._frames - self._onset) < self.options.onset_ms:
            return None
        self.state = State.SPEAKING
        return SpeechStarted(self.start_ms)

    def _speaking_step(self, is_speech: bool) -> SpeechPaused | None:
        if is_speech:
            self._last_speech = self._frames
        elif self._silent_ms() >= self.options.pause_ms:
            self.state, self._pause = State.PAUSED, self._last_speech
            return SpeechPaused(self.start_ms, self._ms(self._last_speech))
        return None

    def _paused_step(self, is_speech: bool) -> SpeechResumed | SpeechEnded | None:
        if is_speech:
            self._last_speech = self._frames
            self._go_on(State.SPEAKING)
            return SpeechResumed(self.now_ms)
        return self._end("silence", State.QUIET) if self._silent_ms() >= self.hangover_ms() else None

    def _overrun_step(self, is_speech: bool) -> None:
        if is_speech:
            self._last_speech = self._frames
        elif self._silent_ms() >= self.options.silence_ms:
            self._reset_to(State.QUIET, self._last_speech)

    def _end(
        self, reason: Literal["silence", "finished", "too_long"], state: State, at: int | None = None
    ) -> SpeechEnded:
        edge = SpeechEnded(self.start_ms, self._ms(self._last_speech if at is None else at), reason)
        self._reset_to(state, self._last_speech)
        return edge

    def _overrun_end(self) -> int:
        """The frame at which an utterance ends that is too long."""
        length_ms = self._ms(self._pause) - self.start_ms
        return self._pause if 2 * length_ms >= self.options.max_ms else self._last_speech

    def _reset_to(self, state: State, used: int) -> None:
        self._go_on(state)
        self._used, self._pause = used, 0

    def _go_on(self, state: State) -> None:
        """Into another state; what was known of a pause is over."""
        self.state, self.completeness, self.prosody = state, None, Prosody()

    def _silent_ms(self) -> float:
        return (self._frames - self._last_speech) * self._frame_ms

    def _ms(self, frames: int) -> int:
        return int(frames * self._frame_ms)


_STEPS = {
    State.QUIET: Endpointer._quiet,
    State.ONSET: Endpointer._onset_step,
    State.SPEAKING: Endpointer._speaking_step,
    State.PAUSED: Endpointer._paused_step,
    State.OVERRUN: Endpointer._overrun_step,
}
