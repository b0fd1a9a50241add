"""Krippendorff's alpha against his own example, and where there is none."""

import pytest

from inzwa.feedback.report.agreement import alpha

EXAMPLE = {
    "A": (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    "B": (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    "C": (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    "D": (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
}
"""Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: four observers, twelve units."""
ANSWERS = [(unit, who, value) for who, values in EXAMPLE.items() for unit, value in enumerate(values) if value]


@pytest.mark.parametrize(("level", "value"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_is_that_of_krippendorff_s_example(level, value):
    found = alpha(ANSWERS, (1, 2, 3, 4, 5), level)
    assert found.value == pytest.approx(value, abs=5e-4)
    assert (found.answers, found.raters) == (40, 4)
    assert found.low <= found.value <= found.high <= 1


def test_full_agreement_is_one_whatever_is_drawn():
    answers = [(item, rater, item % 3) for item in range(12) for rater in "ab"]
    found = alpha(answers, (0, 1, 2), "nominal")
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_what_everybody_says_of_everything_tells_nothing_of_agreement():
    assert alpha([(item, rater, True) for item in range(12) for rater in "abc"], (False, True), "nominal").value is None


def test_items_that_one_person_answered_do_not_count():
    pairs = [(item, rater, (item + (rater == "b") * (item % 4 == 0)) % 2) for item in range(12) for rater in "ab"]
    alone = [(item, "c", 1) for item in range(100, 130)]
    assert alpha(pairs + alone, (0, 1), "nominal") == alpha(pairs, (0, 1), "nominal")


def test_there_is_no_figure_for_few_items():
    assert alpha([(item, rater, item % 2) for item in range(9) for rater in "ab"], (0, 1), "nominal").value is None
    assert alpha([], (0, 1), "nominal").value is None
