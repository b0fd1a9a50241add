"""Marks and comparisons of voices: what counts, what is left out, and what is said of it."""

import pytest

from inzwa.feedback.report.voices import voice_figures

GOOD, POOR = {"naturalness": 4, "intelligibility": 5}, {"naturalness": 2, "intelligibility": 2}


def marks_of(given, raters=("a", "b", "c", "d"), times=3, **details):
    items = [given.item("naturalness", system="rudo 1", details=details) for _ in range(times)]
    for rater in raters:
        given.rater(rater)
        for item in items:
            given.answer(rater, item, GOOD)
    return items


def figure(given, name):
    return next(each for each in voice_figures(given.gathered()) if each.name == name)


def test_marks_are_averaged_for_each_system(given):
    marks_of(given)
    [row] = figure(given, "naturalness").rows
    assert (row.label, row.estimate.value, row.estimate.answers, row.estimate.raters) == ("rudo 1", 4.0, 12, 4)
    assert figure(given, "intelligibility").rows[0].estimate.value == 5.0


def test_repeats_skips_and_checks_do_not_count(given):
    items = marks_of(given)
    given.answer("a", items[0], POOR, repeat=True)
    given.answer("a", items[1], {}, skipped=True, answered_at=None)
    given.answer("a", given.item("naturalness", system="rudo 1", check={"naturalness": [1]}), POOR, passed=True)
    assert figure(given, "naturalness").rows[0].estimate.value == 4.0


def test_who_fails_the_attention_checks_is_left_out_and_shown_beside(given):
    items = marks_of(given)
    given.rater("careless")
    check = given.item("naturalness", system="rudo 1", check={"naturalness": [1]})
    for item in items:
        given.answer("careless", item, {"naturalness": 1, "intelligibility": 1})
    given.answer("careless", check, GOOD, passed=False)
    found = figure(given, "naturalness")
    assert "1 rater who failed" in found.note
    assert found.rows[0].estimate.value == 4.0
    assert found.rows[0].extra[0].startswith("3.40 (")


def test_one_failure_of_three_is_forgiven(given):
    marks_of(given)
    check = given.item("naturalness", system="rudo 1", check={"naturalness": [1]})
    for passed in (True, True, False):
        given.answer("a", check, POOR, passed=passed)
    assert figure(given, "naturalness").rows[0].estimate.raters == 4


def test_models_of_one_name_are_told_apart_by_their_checksum(given):
    marks_of(given, sha256="0123456789ab")
    given.answer("a", given.item("naturalness", system="rudo 1", details={"sha256": "ffff"}), GOOD)
    labels = [row.label for row in figure(given, "naturalness").rows]
    assert labels == ["rudo 1 (01234567)", "rudo 1 (ffff)"]


def test_speeds_have_rows_of_their_own_where_there_are_several(given):
    marks_of(given, voice="rudo", speed=1.0)
    given.answer("a", given.item("naturalness", system="rudo 0.85", details={"voice": "rudo", "speed": 0.85}), POOR)
    labels = [row.label for row in figure(given, "naturalness").rows]
    assert labels == ["rudo 0.85", "rudo 1", "speed 0.85", "speed 1"]
    assert figure(given, "naturalness").groups == 2


@pytest.mark.parametrize(("choices", "value", "outcomes"), [("aaaa", 1.0, "12, 0, 0"), ("abtt", 0.5, "3, 6, 3")])
def test_a_choice_is_of_the_system_that_stood_there(given, choices, value, outcomes):
    """The item's first is the voice that comes later by name, and stands at B for every other rater."""
    items = [given.item("comparison", systems={"first": "zuva", "second": "rudo"}) for _ in range(3)]
    for number, (rater, choice) in enumerate(zip("wxyz", choices, strict=True)):
        given.rater(rater)
        shown = {"a": "second", "b": "first"} if number % 2 == 0 else {"a": "first", "b": "second"}
        place = {"t": "tie", "a": "second", "b": "first"}[choice]
        said = "tie" if place == "tie" else next(side for side, each in shown.items() if each == place)
        for item in items:
            given.answer(rater, item, {"choice": said}, shown=shown)
    [row] = figure(given, "comparison").rows
    assert (row.label, row.estimate.value, row.extra) == ("rudo against zuva", value, (outcomes,))


def test_favouring_the_first_shows(given):
    item = given.item("comparison", systems={"first": "x", "second": "y"})
    for rater in "abcdefghijkl":
        given.rater(rater)
        given.answer(rater, item, {"choice": "a"}, shown={"a": "first", "b": "second"})
    [row] = figure(given, "order").rows
    assert row.estimate.value == 1.0
    assert row.estimate.low > 0.5


def test_without_consent_to_texts_nothing_counts(given):
    marks_of(given)
    given.rater("e", text=False, voice=True)
    given.answer("e", given.item("naturalness", system="rudo 1"), POOR)
    assert figure(given, "naturalness").rows[0].estimate.answers == 12
