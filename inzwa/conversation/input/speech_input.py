"""The microphone's side of a conversation: sound in, edges of speech out, and the sound between two edges on demand.

It joins the voice detector, the endpointer and a bounded recording. Not async: a frame takes a fraction of a ms.
"""

from collections.abc import Iterator
from typing import Final

from inzwa.audio.pcm import INPUT_RATE, Framer, Recording, Sound, samples_in
from inzwa.conversation.input.endpointing import (
    Edge,
    Endpointer,
    EndpointOptions,
    SpeechEnded,
    SpeechPaused,
    State,
)
from inzwa.conversation.input.prosody import WINDOW_MS, prosody
from inzwa.protocols import VoiceDetector

SLACK_MS: Final = 3_000
"""Kept beyond the longest utterance: its padding, its hangover and what arrives before it is cut out."""

TAIL_MS: Final = 120
"""Kept behind the last frame of speech: final consonants fade below the detector's threshold."""

MAX_CHUNK: Final = INPUT_RATE
"""Samples taken in at a time: what a client sends in one message never exceeds the recording."""


class SpeechInput:
    """Finds speech in what the microphone sends. Times are milliseconds from its first sample."""

    def __init__(self, detector: VoiceDetector, options: EndpointOptions) -> None:
        self._voice = detector.open_stream()
        self._framer = Framer(detector.frame_samples)
        self._endpointer = Endpointer(options, detector.frame_samples * 1000 / INPUT_RATE)
        self._recording = Recording(samples_in(options.max_ms + options.pad_ms + SLACK_MS, INPUT_RATE))

    @property
    def now_ms(self) -> int:
        """How much sound has been received."""
        return self._endpointer.now_ms

    @property
    def speaking(self) -> bool:
        """Whether an utterance is under way, a pause in it counted."""
        return self._endpointer.speaking

    def push(self, sound: Sound) -> Iterator[Edge]:
        """The edges in the next sound, each yielded before the frames after it are looked at."""
        for at in range(0, sound.size, MAX_CHUNK):
            for frame in self._framer.push(sound[at : at + MAX_CHUNK]):
                edge = self._step(frame)
                if isinstance(edge, SpeechPaused):
                    self._endpointer.prosody = prosody(self._end_of_speech(edge))
                if edge is not None:
                    yield edge

    def _step(self, frame: Sound) -> Edge | None:
        """One frame. Where the detector fails it counts as silence, so that sound and time stay together."""
        self._recording.push(frame)
        probability = 0.0
        try:
            probability = self._voice.probability(frame)
        finally:
            edge = self._endpointer.step(probability)
        return edge

    def hint(self, completeness: float) -> None:
        """How complete the words so far are, 0..1. It counts in a pause alone: while the user speaks, more are due."""
        if self._endpointer.state is State.PAUSED:
            self._endpointer.completeness = completeness

    def finish(self) -> SpeechEnded | None:
        """The user ended the utterance (`end_turn`); None when nothing was said."""
        return self._endpointer.finish()

    def reset(self) -> None:
        """Forget the utterance being spoken."""
        self._endpointer.reset()

    def cut(self, start_ms: int, end_ms: int) -> Sound:
        """What was heard between two times and just after, shape (samples,), 16 kHz."""
        return self._recording.cut(samples_in(start_ms, INPUT_RATE), samples_in(end_ms + TAIL_MS, INPUT_RATE))

    def _end_of_speech(self, pause: SpeechPaused) -> Sound:
        start_ms = max(pause.start_ms, pause.end_ms - WINDOW_MS)
        return self._recording.cut(samples_in(start_ms, INPUT_RATE), samples_in(pause.end_ms, INPUT_RATE))
