"""Thumbs, reasons, waits and corrected transcripts."""

from datetime import UTC, datetime

import pytest

from inzwa.feedback.report.transcripts import transcript_figures
from inzwa.feedback.report.turns import turn_figures


def figure(given, name):
    parts = (*turn_figures(given.gathered()), *transcript_figures(given.gathered()))
    return next(each for each in parts if each.name == name)


def rate(given, ups=8, downs=4, raters="abcd", **more):
    for rater in raters:
        given.rater(rater)
    for number in range(ups + downs):
        given.turn(raters[number % len(raters)], "up" if number < ups else "down", **more)


def test_thumbs_are_counted_by_week_and_a_week_begins_on_monday_in_utc(given):
    rate(given)
    given.turn("a", "down", at=datetime(2026, 11, 22, 23, 59, tzinfo=UTC))
    rows = figure(given, "thumbs").rows
    assert [(row.label, row.extra) for row in rows] == [("2026-W47", ("0, 1",)), ("2026-W48", ("8, 4",))]
    assert (rows[0].estimate.value, rows[1].estimate.value) == (None, pytest.approx(8 / 12))


def test_a_rating_without_a_thumb_is_no_thumb_but_has_its_reasons(given):
    rate(given)
    given.turn("a", "", reasons=["too_slow", "bad_shona"])
    assert figure(given, "thumbs").rows[0].extra == ("8, 4",)
    reasons = figure(given, "reasons").rows
    assert {row.label: row.extra for row in reasons[:2]} == {"bad Shona": ("1",), "too slow": ("1",)}
    assert {row.estimate.answers for row in reasons} == {13}


def test_thumbs_are_counted_by_model(given):
    rate(given)
    labels = [row.label for row in figure(given, "models").rows]
    assert labels == ["language model: gemma", "voice: rudo", "recogniser: whisper"]


@pytest.mark.parametrize(
    ("wait_ms", "label"), [(0, "0 to 0.5 s"), (499, "0 to 0.5 s"), (500, "0.5 to 1 s"), (8_000, "over 8 s")]
)
def test_a_wait_falls_into_one_band(given, wait_ms, label):
    rate(given, first_audio_ms=wait_ms)
    [row] = figure(given, "latency").rows
    assert (row.label, row.estimate.value) == (label, pytest.approx(4 / 12))


def test_turns_without_sound_have_no_wait(given):
    rate(given, first_audio_ms=None)
    assert figure(given, "latency").rows == ()


def test_longer_waits_with_more_thumbs_down_correlate(given):
    rate(given, 8, 0, first_audio_ms=400)
    for rater in "abcd" * 2:
        given.turn(rater, "down", first_audio_ms=3_000)
    assert figure(given, "correlation").rows[0].estimate.value == pytest.approx(1.0)


def test_errors_are_counted_from_what_was_heard_to_what_was_said(given):
    rate(given, 12, 0, heard="mhoro shamwari yangu", said="Mhoro, shamwari yako!")
    given.turn("a", "up", heard="kana")
    [words], [letters] = figure(given, "words").rows, figure(given, "letters").rows
    assert (words.label, words.estimate.value, words.extra) == (
        "whisper, while talking",
        pytest.approx(1 / 3),
        ("12, 36",),
    )
    assert letters.extra == ("36, 228",)
    assert figure(given, "words").note == "1 rated turns were not corrected."


def test_transcripts_of_tasks_stand_apart(given):
    item = given.item("transcript", {"text": "mhoro shamwari"}, system="whisper")
    for rater in "abcdefghijkl":
        given.rater(rater)
        given.answer(rater, item, {"text": "mhoroi shamwari"})
    [row] = figure(given, "words").rows
    assert (row.label, row.estimate.value) == ("whisper, tasks", 0.5)
