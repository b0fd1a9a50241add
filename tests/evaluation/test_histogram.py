"""The histogram of a report: what its bars show, and that it can be saved."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inzwa.evaluation.histogram import BARS, histogram


def bars(values: Sequence[float], top: float = 1.0) -> list[float]:
    """Heights, left to right."""
    (axes,) = histogram(values, "samples & <errors>", top=top).axes
    heights = [bar.get_height() for bar in axes.patches]
    assert all(axes.get_ylim()[0] <= height <= axes.get_ylim()[1] for height in heights)
    return heights


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_every_value_is_in_one_bar_and_every_bar_in_the_picture(values: list[float]) -> None:
    drawn = bars(values)
    assert len(drawn) == BARS
    assert sum(drawn) == len(values)


@pytest.mark.parametrize(("value", "bar"), [(0.0, 0), (0.49, 9), (0.51, 10), (1.0, BARS - 1), (7.0, BARS - 1)])
def test_a_value_stands_in_its_step_and_what_lies_beyond_in_the_last(value: float, bar: int) -> None:
    assert bars([value]).index(1) == bar


def test_it_is_saved_as_a_picture_that_a_browser_can_show(tmp_path: Path) -> None:
    histogram([0.5], "samples & <errors>", top=1.0).savefig(tmp_path / "errors.svg")
    assert ElementTree.parse(tmp_path / "errors.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
