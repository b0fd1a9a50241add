"""The arithmetic of two trees measured in turns: figures over all rounds, ratios, rows that have nothing."""

import pytest

from benchmarks.rig.side_by_side import BASE, OURS, Row, combined, comparison_table, figures, ratio, short

ROUNDS = [
    {BASE: {"ms": [400.0, 600.0], "lost": [1]}, OURS: {"ms": [200.0, 300.0], "lost": [0]}},
    {BASE: {"speed": [50.0]}, OURS: {"speed": [80.0]}},
    {BASE: {"ms": [800.0, None]}, OURS: {"ms": [200.0, 400.0]}},
]
MEDIAN = Row("first sound (ms)", "ms", "P50", "250")


def test_a_figure_is_of_the_values_of_all_rounds():
    (line,) = figures(ROUNDS, [MEDIAN])
    assert (line["base"], line["ours"], line["ratio"]) == (600.0, 250.0, pytest.approx(250 / 600))


def test_each_round_that_has_both_has_a_ratio_of_its_own():
    (line,) = figures(ROUNDS, [MEDIAN])
    assert line["round_ratios"] == [pytest.approx(0.5), pytest.approx(300 / 800)]


def test_counts_are_summed_and_have_no_ratio_to_none():
    lost = [*ROUNDS, {BASE: {"lost": [2]}, OURS: {"lost": [0]}}]
    (line,) = figures(lost, [Row("lost", "lost", "sum")])
    assert (line["base"], line["ours"]) == (3.0, 0.0)
    assert ratio(0.0, 3.0) is None


def test_a_row_that_was_not_measured_is_left_out():
    assert list(figures(ROUNDS, [Row("set-up (s)", "set_up_s", "P50")])) == []


def test_a_value_of_one_tree_alone_is_shown_without_a_ratio():
    (line,) = figures([{BASE: {}, OURS: {"ms": [7.0]}}], [MEDIAN])
    assert (line["base"], line["ours"], line["ratio"]) == (None, 7.0, None)


@pytest.mark.parametrize(("statistic", "value"), [("P50", 20.0), ("P95", pytest.approx(38.0)), ("sum", 60.0)])
def test_what_never_came_is_left_out_of_a_statistic(statistic, value):
    assert combined([0.0, None, 20.0, 40.0], statistic) == value
    assert combined([None], statistic) is None


def test_the_table_names_the_base_and_the_range_of_the_ratios():
    lines = comparison_table(list(figures(ROUNDS, [MEDIAN])), "d648e91").splitlines()
    assert lines[0].split("|")[2:5] == [" base d648e91 ", " this tree ", " ratio "]
    assert lines[2].split("|")[1:-1] == [
        " first sound (ms), P50 ",
        "          600 ",
        "       250 ",
        "  0.42 ",
        "  0.38-0.50 ",
        "      4 ",
        " 250 ",
    ]


@pytest.mark.parametrize(("value", "text"), [(None, "-"), (1234.5, "1234"), (47.63, "47.6"), (0.4567, "0.457")])
def test_a_cell_has_three_digits(value, text):
    assert short(value) == text
