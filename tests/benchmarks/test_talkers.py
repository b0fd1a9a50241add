"""Several talkers at once: processor time for each turn, refusals, whose sentence comes next."""

import itertools

import numpy as np

from benchmarks.rig.processor_time import Interval
from benchmarks.rig.speech import Sentence
from benchmarks.rig.talkers import Level, in_turn, leaves
from benchmarks.rig.user import Turn
from benchmarks.sessions import summary_table, thread_table

USED = Interval(10.0, 20.0, 40.0, 2.0, 8.0, 900.0, {"inzwa-llm": 5.0, "event loop": 3.0})


def turn(spoken_s, first_audio_s=30.0):
    return Turn(spoken_s=spoken_s, first_audio_s=first_audio_s)


def level(*turns, **given):
    return Level(sessions=2, turns=list(turns), interval=USED, **given)


def test_processor_time_is_shared_by_the_answered_turns_spoken_in_the_interval():
    found = level(turn(9.0), turn(12.0), turn(15.0, None), turn(20.0), first_turns=[turn(11.0)]).figures()
    assert (found["turns_in_interval"], found["cpu_ms_a_turn"]) == (2, 4000.0)
    assert found["cpu_ms_a_turn_by_thread"] == {"inzwa-llm": 2500.0, "event loop": 1500.0}


def test_an_interval_without_a_turn_has_no_share():
    found = level().figures()
    assert (found["cpu_ms_a_turn"], found["cpu_ms_a_turn_by_thread"]) == (None, {})


def test_the_refused_are_counted_and_so_are_those_that_were_told_to_return():
    refusals = [{"code": "too_many_sessions", "retryable": True}, {"code": "unauthorized", "retryable": False}]
    found = level(refusals=refusals, drops=["received 1011 (internal error)"]).figures()
    assert (found["refused"], found["told_to_return"], found["dropped"]) == (2, 1, 1)
    assert found["refused_because"] == {"too_many_sessions": 1, "unauthorized": 1}


def test_of_a_nested_group_each_exception_is_seen():
    errors = [ValueError("a"), ValueError("b")]
    assert list(leaves(ExceptionGroup("", [ExceptionGroup("", errors[:1]), errors[1]]))) == errors


def test_each_user_begins_with_another_sentence_and_says_all():
    spoken = [Sentence(text, np.zeros(1, dtype=np.float32)) for text in "abc"]
    said = ["".join(each.text for each in itertools.islice(in_turn(spoken, number), 5)) for number in (0, 1, 4)]
    assert said == ["abcab", "bcabc", "bcabc"]


def test_the_tables_have_a_line_for_each_level_and_for_each_thread():
    levels = [level(turn(12.0)).figures(), Level(sessions=16).figures()]
    assert len(summary_table(levels).splitlines()) == 4
    first = thread_table(levels[:1]).splitlines()[2]
    assert [cell.strip() for cell in first.split("|")[1:3]] == ["inzwa-llm", "5000"]
