"""Means, shares and correlations against published values, and what must hold of any answers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.feedback.report.statistics import (
    LEAST_ANSWERS,
    LEAST_RATERS,
    Estimate,
    mean,
    rank_correlation,
    ratio,
    share,
    t_quantile,
    wilson,
)

RATERS = [f"rater {number % 5}" for number in range(20)]
ANSWERS = st.lists(st.tuples(st.integers(1, 5), st.sampled_from(RATERS)), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_s_interval_is_that_of_newcombe_s_table(successes, trials, low, high):
    """Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("freedom", "quantile"), [(1, 12.706), (2, 4.303), (10, 2.228), (11, 2.201), (30, 2.042)])
def test_student_s_t_is_that_of_the_tables(freedom, quantile):
    assert t_quantile(freedom) == pytest.approx(quantile, abs=3e-3)


def test_a_mean_opinion_score_is_the_mean_of_all_marks():
    found = mean([4, 5, 3, 4] * 5, RATERS, bounds=(1, 5))
    assert (found.value, found.answers, found.raters) == (4.0, 20, 5)


def test_with_a_mark_each_the_interval_is_that_of_student():
    """By hand: standard deviation 1.026 of 20 marks, 2.093 * 1.026 / sqrt(20) = 0.480."""
    found = mean([2, 3, 3, 4, 5] * 4, [f"{number}" for number in range(20)], bounds=(1, 5))
    marks = np.array([2, 3, 3, 4, 5] * 4)
    half = 2.093 * marks.std(ddof=1) / math.sqrt(20)
    assert found.low == pytest.approx(3.4 - half, abs=0.07)
    assert found.high == pytest.approx(3.4 + half, abs=0.07)


def test_raters_who_differ_make_it_less_sure_than_as_many_independent_answers():
    strict_and_lenient = [2.0] * 10 + [4.0] * 10
    together = mean(strict_and_lenient, ["a", "b"] * 5 + ["c", "d"] * 5, bounds=(1, 5))
    apart = mean(strict_and_lenient, [f"{number}" for number in range(20)], bounds=(1, 5))
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


@given(ANSWERS)
def test_an_interval_holds_its_mean_and_stays_on_the_scale(answers):
    marks, raters = zip(*answers, strict=True)
    found = mean(marks, raters, bounds=(1, 5))
    if found.value is not None:
        assert 1 <= found.low <= found.value <= found.high <= 5
    assert found == mean(marks, raters, bounds=(1, 5))


@given(ANSWERS)
def test_no_figure_is_made_of_few_answers_or_few_raters(answers):
    marks, raters = zip(*answers, strict=True)
    few = len(marks) < LEAST_ANSWERS or len(set(raters)) < LEAST_RATERS
    assert (mean(marks, raters, bounds=(1, 5)).value is None) == few
    assert (share([mark > 3 for mark in marks], raters).value is None) == few


@given(ANSWERS)
def test_a_share_and_its_opposite_mirror_each_other(answers):
    marks, raters = zip(*answers, strict=True)
    liked, disliked = (
        share([float(mark > 3) for mark in marks], raters),
        share([float(mark <= 3) for mark in marks], raters),
    )
    if liked.value is not None:
        assert 0 <= liked.low <= liked.value <= liked.high <= 1
        assert disliked.low == pytest.approx(1 - liked.high)


def test_a_tie_is_half_a_success():
    assert share([0.5] * 12, RATERS[:12]).value == 0.5


def test_nothing_is_divided_by_no_words():
    assert ratio([0] * 20, [0] * 20, RATERS) == Estimate(20, 5)


def test_a_rate_weighs_long_texts_more():
    assert ratio([9.0] + [0.0] * 19, [9.0] + [1.0] * 19, RATERS).value == pytest.approx(9 / 28)


def test_spearman_s_correlation_is_that_of_his_example():
    """IQ against hours of television, ten people: -29/165, the standard textbook example."""
    quotient = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    found = rank_correlation(quotient, hours, [f"{number}" for number in range(10)])
    assert found.value == pytest.approx(-29 / 165)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_what_is_the_same_everywhere_correlates_with_nothing():
    assert rank_correlation([1.0] * 20, list(range(20)), RATERS) == Estimate(20, 5)


def test_equal_values_share_their_rank():
    found = rank_correlation([1, 1, 2, 2] * 5, [0, 0, 1, 1] * 5, RATERS)
    assert (found.value, found.low, found.high) == (pytest.approx(1.0), pytest.approx(1.0), pytest.approx(1.0))
