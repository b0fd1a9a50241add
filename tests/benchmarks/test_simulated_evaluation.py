"""The report's intervals hold what simulated raters truly think, about 95 times of 100."""

import numpy as np
import pytest

from benchmarks.rig.simulated_answers import VOICES, simulated_session
from benchmarks.simulated_evaluation import choices, half, held, marks, true_mark
from inzwa.feedback.report.gather import gather
from inzwa.feedback.report.voices import voice_figures


@pytest.mark.parametrize("simulate", [marks, choices])
@pytest.mark.parametrize("raters", [5, 20])
def test_intervals_hold_the_truth_about_as_often_as_they_say(simulate, raters):
    runs = [simulate(np.random.default_rng(1_000 + run), raters, 12) for run in range(60)]
    assert 0.85 <= held(runs) <= 1.0


def test_intervals_are_no_wider_than_twenty_raters_need():
    runs = [marks(np.random.default_rng(run), 20, 12) for run in range(20)]
    assert half(runs) < 0.3


def test_more_raters_make_it_surer():
    few, many = ([marks(np.random.default_rng(run), raters, 12) for run in range(20)] for raters in (10, 40))
    assert half(many) < 0.7 * half(few)


def test_the_true_mark_is_what_very_many_raters_give():
    found, truth = marks(np.random.default_rng(7), 4_000, 12)
    assert found.value == pytest.approx(truth, abs=0.05)


def test_the_scale_s_ends_pull_the_true_mark_inwards():
    assert true_mark(5.0, np.zeros(1)) < 4.8
    assert true_mark(3.0, np.zeros(1)) == pytest.approx(3.0)


def test_a_whole_evaluation_puts_the_voices_in_their_order_and_finds_the_careless_rater():
    with simulated_session(raters=20, each=36, seed=2) as session:
        gathered = gather(session)
    assert gathered.inattentive == {f"{19:032x}"}
    naturalness = voice_figures(gathered)[0]
    found = {row.label: row.estimate.value for row in naturalness.drawn}
    assert sorted(found, key=found.get) == sorted(VOICES, key=VOICES.get)
