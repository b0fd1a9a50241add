"""Prometheus metrics: events that are sent, open sessions, errors by code. Never what people said.

Each application has its own registry, so that two in one process (tests) do not add up.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from inzwa.conversation.speculation import Speculation
from inzwa.events import (
    LlmPartial,
    Problem,
    ServerEvent,
    TtsAudio,
    TtsStart,
    TurnCancelled,
    TurnEnd,
)
from inzwa.protocols import Engines

BUCKETS_S: Final = (0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Edges of the latency histograms, in seconds; finest around the targets of 250 and 500 ms."""

LATENCIES: Final = ("asr_ms", "llm_first_token_ms", "tts_first_audio_ms", "first_audio_ms", "total_ms")


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sessions = Gauge("inzwa_sessions", "Open conversations.", registry=self.registry)
        self._turns = self._counter("inzwa_turns_total", "Turns by how they ended.", "outcome")
        self._errors = self._counter("inzwa_errors_total", "Errors by code.", "code")
        self._dropped = self._counter("inzwa_dropped_total", "Things dropped under load or by interruption.", "what")
        self._tokens = self._counter("inzwa_reply_pieces_total", "Pieces of text in replies.")
        self._phrases = self._counter("inzwa_phrases_total", "Phrases handed to the voice.")
        self._sound = self._counter("inzwa_spoken_seconds_total", "Seconds of speech made.")
        self._given = self._counter("inzwa_feedback_total", "What evaluators gave, kept on disk.", "what")
        self._heard = self._counter("inzwa_heard_seconds_total", "Seconds of sound received.")
        self._ahead = self._counter("inzwa_speculative_replies_total", "Replies begun in a pause.", "outcome")
        self._ahead_pieces = self._counter("inzwa_speculative_pieces_total", "Pieces of text made ahead.", "outcome")
        self._ahead_sound = self._counter("inzwa_speculative_seconds_total", "Seconds of speech made ahead.", "outcome")
        self._models = Gauge("inzwa_model_info", "The models in use.", ["stage", "model"], registry=self.registry)
        self._queue = Histogram(
            "inzwa_outbox_depth",
            "Events waiting for the socket when another is put in.",
            registry=self.registry,
            buckets=tuple(range(9)),
        )
        self._latency = Histogram(
            "inzwa_turn_latency_seconds",
            "A turn's latency by step, as in turn.end.",
            ["step"],
            registry=self.registry,
            buckets=BUCKETS_S,
        )

    def watch(self, engines: Engines) -> None:
        """Show which models are in use, and no others."""
        self._models.clear()
        for stage, info in engines.infos().items():
            self._models.labels(stage, info.model).set(1)

    def observe(self, event: ServerEvent, waiting: int = 0) -> None:
        """Count an event that is sent while `waiting` others stand in the queue behind it."""
        self._queue.observe(waiting)
        match event:
            case TurnEnd():
                self._turns.labels("ended").inc()
                for step in LATENCIES:
                    if (value := getattr(event.latency, step)) is not None:
                        self._latency.labels(step.removesuffix("_ms")).observe(value / 1000)
            case TurnCancelled():
                self._turns.labels(event.reason).inc()
            case Problem():
                self.error(event.code)
            case LlmPartial():
                self._tokens.inc()
            case TtsStart():
                self._phrases.inc()
            case TtsAudio():
                self._sound.inc(event.sound.size / event.sample_rate)

    def error(self, code: str) -> None:
        """Count a refusal or a failure."""
        self._errors.labels(code).inc()

    def dropped(self, what: str, count: int = 1) -> None:
        """Count what was discarded: `partial` transcripts, `stale_audio`."""
        self._dropped.labels(what).inc(count)

    def speculated(self, speculation: Speculation) -> None:
        """Count a reply that was begun in a pause, by what became of it: `used` or `wasted`."""
        outcome = "used" if speculation.used else "wasted"
        self._ahead.labels(outcome).inc()
        self._ahead_pieces.labels(outcome).inc(speculation.pieces)
        self._ahead_sound.labels(outcome).inc(speculation.sound_s)

    def given(self, what: str) -> None:
        """Count what is on disk now: a `rating`, `consent`, `recording` or `withdrawal`."""
        self._given.labels(what).inc()

    def heard(self, seconds: float) -> None:
        """Count sound received."""
        self._heard.inc(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)
