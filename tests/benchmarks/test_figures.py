"""What benchmarks say of their values: percentiles, tables, and the JSON they leave."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.rig.figures import Spread, machine, processor, shown, spread, table, write_report

VALUES = st.lists(st.floats(0, 1e6), min_size=1)


def test_the_median_of_two_lies_between_them():
    assert spread([10.0, 20.0]).p50 == 15.0


def test_the_95th_of_101_values_is_the_96th_of_them():
    assert spread(float(value) for value in range(101)).p95 == 95.0


@given(VALUES)
def test_the_worst_is_the_greatest(values):
    assert spread(values).worst == round(max(values), 1)


@given(VALUES)
def test_the_median_is_never_above_the_95th_nor_that_above_the_worst(values):
    found = spread(values)
    assert round(min(values), 1) <= found.p50 <= found.p95 <= found.worst


def test_values_that_never_came_are_left_out_of_the_spread():
    assert spread([100.0, None, 300.0]) == Spread(2, 200.0, 290.0, 300.0)


def test_the_spread_of_nothing_is_empty():
    assert spread([None]) == Spread(0, None, None, None)


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (3.14, "3.1"), (123.6, "124"), (-0.26, "-0.3"), (7, "7"), ("name", "name")]
)
def test_a_cell_shows_what_can_be_read(value, text):
    assert shown(value) == text


def test_a_table_is_aligned_markdown():
    assert table(["what", "ms"], [["first", 250.0], ["a longer name", None]]).splitlines() == [
        "| what          |  ms |",
        "|---------------|-----|",
        "| first         | 250 |",
        "| a longer name |   - |",
    ]


def test_the_processor_is_named_as_the_system_names_it():
    assert processor("vendor_id\t: X\nmodel name\t: Fast 9000\nmodel name\t: Fast 9000\n") == "Fast 9000"


def test_the_report_says_what_where_how_and_what_came_out(tmp_path):
    path = tmp_path / "results" / "latency.json"
    write_report(path, "latency", machine(), {"json": path, "turns": 20}, {"lost": 0})
    report = json.loads(path.read_text(encoding="utf-8"))
    assert list(report) == ["benchmark", "machine", "settings", "results"]
    assert report["settings"] == {"json": str(path), "turns": 20}
    assert {"processor", "cores", "load_1_min", "at"} <= report["machine"].keys()
