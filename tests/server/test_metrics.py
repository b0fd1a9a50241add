"""Events that are sent are counted, and never what people said."""

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from inzwa.conversation.speculation import Speculation
from inzwa.events import (
    AsrFinal,
    Latency,
    LlmFinal,
    LlmPartial,
    Problem,
    SpeechStart,
    TtsAudio,
    TtsStart,
    TurnCancelled,
    TurnEnd,
)
from inzwa.server.metrics import LATENCIES, Metrics
from tests.conversation.driver import Fakes


def samples(metrics):
    """Every sample as Prometheus reads it: name and labels to value."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {(sample.name, *sorted(sample.labels.items())): sample.value for each in families for sample in each.samples}


def seen(*events, waiting=0):
    metrics = Metrics()
    for event in events:
        metrics.observe(event, waiting)
    return samples(metrics)


def test_turns_are_counted_by_how_they_ended():
    found = seen(TurnEnd(1), TurnEnd(2), TurnCancelled(3, "interrupted"), TurnCancelled(4, "no_speech"))
    counted = {dict(key[1:])["outcome"]: value for key, value in found.items() if key[0] == "inzwa_turns_total"}
    assert counted == {"ended": 2, "interrupted": 1, "no_speech": 1}


def test_each_figure_of_a_turn_enters_its_own_histogram():
    found = seen(TurnEnd(1, Latency(10, 20, 30, 40, 50)))
    for step, seconds in zip(LATENCIES, (0.01, 0.02, 0.03, 0.04, 0.05), strict=True):
        label = ("step", step.removesuffix("_ms"))
        assert found["inzwa_turn_latency_seconds_sum", label] == pytest.approx(seconds)
        assert found["inzwa_turn_latency_seconds_count", label] == 1


def test_a_step_that_a_turn_did_not_have_is_not_counted():
    found = seen(TurnEnd(1, Latency(total_ms=5)))
    steps = {dict(key[1:])["step"] for key in found if key[0] == "inzwa_turn_latency_seconds_count"}
    assert steps == {"total"}


def test_pieces_phrases_and_seconds_of_speech_are_counted():
    half = TtsAudio(1, np.zeros(11_025, np.float32), 22_050)
    found = seen(LlmPartial(1, "Ehe, "), LlmPartial(1, "ndiripo."), TtsStart(1, 0, "Ehe,", 0, 4), half, half)
    assert found["inzwa_reply_pieces_total",] == 2
    assert found["inzwa_phrases_total",] == 1
    assert found["inzwa_spoken_seconds_total",] == 1


def test_errors_are_counted_by_code_whether_told_or_refused():
    metrics = Metrics()
    metrics.observe(Problem("engine_failed", "The asr engine failed.", True))
    metrics.error("engine_failed")
    metrics.error("rate_limited")
    found = samples(metrics)
    assert found["inzwa_errors_total", ("code", "engine_failed")] == 2
    assert found["inzwa_errors_total", ("code", "rate_limited")] == 1


def test_what_was_dropped_and_what_was_heard_add_up():
    metrics = Metrics()
    metrics.dropped("partial", 3)
    metrics.dropped("partial")
    metrics.heard(0.02)
    metrics.heard(0.04)
    found = samples(metrics)
    assert found["inzwa_dropped_total", ("what", "partial")] == 4
    assert found["inzwa_heard_seconds_total",] == pytest.approx(0.06)


def test_the_outbox_is_measured_with_every_event():
    found = seen(SpeechStart(0), SpeechStart(9), waiting=8)
    assert found["inzwa_outbox_depth_count",] == 2
    assert found["inzwa_outbox_depth_sum",] == 16
    assert found["inzwa_outbox_depth_bucket", ("le", "8.0")] == 2


def test_the_models_in_use_are_named_and_old_ones_leave():
    metrics, fakes = Metrics(), Fakes()
    metrics.watch(fakes.engines())
    metrics.watch(fakes.engines())
    named = {tuple(dict(key[1:]).values()) for key in samples(metrics) if key[0] == "inzwa_model_info"}
    assert ("scripted-asr", "asr") in named
    assert len(named) == 4


def test_what_people_say_is_never_in_the_metrics():
    metrics = Metrics()
    for event in (AsrFinal(1, "chakavanzika", 0, 1), LlmPartial(1, "chakavanzika"), LlmFinal(1, "chakavanzika")):
        metrics.observe(event)
    metrics.observe(TtsStart(1, 0, "chakavanzika", 0, 12))
    assert b"chakavanzika" not in metrics.text()


def test_two_applications_do_not_add_up():
    one, two = Metrics(), Metrics()
    one.error("x")
    assert ("inzwa_errors_total", ("code", "x")) not in samples(two)


def test_replies_begun_in_a_pause_are_counted_with_what_was_wasted():
    metrics = Metrics()
    for speculation in (Speculation(True, 7, 0.25), Speculation(False, 9, 0.5), Speculation(False, 3, 0.0)):
        metrics.speculated(speculation)
    found = samples(metrics)
    counted = {
        (name.split("_")[2], labels[0][1]): value
        for (name, *labels), value in found.items()
        if name.startswith("inzwa_speculative_") and name.endswith("_total")
    }
    assert counted == {
        ("replies", "used"): 1,
        ("replies", "wasted"): 2,
        ("pieces", "used"): 7,
        ("pieces", "wasted"): 12,
        ("seconds", "used"): 0.25,
        ("seconds", "wasted"): 0.5,
    }
