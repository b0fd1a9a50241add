"""What the benchmarks make of turns: rows, levels, ratios."""

import pytest

from benchmarks.latency import Memory, rows, summary
from benchmarks.peers.compare import figures, ratio
from benchmarks.rig.talkers import Level, listening_s, stages
from benchmarks.rig.user import Turn


def turn(first_audio_s=0.25, **given):
    return Turn(spoken_s=0.0, stopped_s=0.05, first_audio_s=first_audio_s, **given)


def test_latency_has_a_row_for_every_part_of_the_wait():
    found = list(rows("hands-free", [turn(latency={"asr_ms": 40}), turn(latency={"asr_ms": 60})]))
    assert found[0] == ["hands-free: end of speech to first audio", 250.0, 250.0, 250.0, 2]
    assert ["hands-free: server: asr_ms", 50.0, 59.0, 60.0, 2] in found


def test_a_turn_without_an_answer_is_counted_and_not_averaged():
    level = Level(sessions=4, turns=[turn(), turn(None, ending="no_speech")])
    figures = level.figures()
    assert (figures["turns"], figures["lost"], figures["lost_because"]) == (2, 1, {"no_speech": 1})
    assert figures["p50_ms"] == 250.0


def test_a_level_says_where_the_time_went():
    assert stages([turn(latency={"asr_ms": 10}), turn(latency={"asr_ms": None})]) == {"asr_ms": 10.0}


def test_a_reply_is_listened_to_for_as_long_as_it_sounds():
    assert listening_s(turn(1.0, sound_s=4.0), now_s=3.0) == 2.0
    assert listening_s(turn(1.0, sound_s=1.0), now_s=3.0) == 0.0
    assert listening_s(turn(None), now_s=3.0) == 0.0


def test_growth_counts_from_the_end_of_the_first_turns():
    assert Memory(ready=700.0, warmed=800.0, last=840.0).growth_percent == pytest.approx(5.0)
    assert Memory().growth_percent is None


def test_the_json_keeps_every_turn():
    assert summary(turn(ending="turn.end"))["first_audio_ms"] == 250.0


def test_the_ratio_is_the_median_of_the_rounds_that_both_answered():
    slow = figures("pipecat-button", [turn(1.0), turn(None), turn(2.0)])
    fast = figures("inzwa-button", [turn(0.25), turn(0.25), turn(0.25)])
    assert ratio([slow, fast], "pipecat-button", "inzwa-button") == 6.0


def test_lanes_that_did_not_run_have_no_ratio():
    assert ratio([], "pipecat-button", "inzwa-button") is None
