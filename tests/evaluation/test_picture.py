"""A histogram that a browser can show."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.evaluation.picture import BARS, HEIGHT, histogram

SVG = "{http://www.w3.org/2000/svg}"


def bars(values, top=1.0):
    root = ElementTree.fromstring(histogram(values, "samples & <errors>", top=top))
    return [bar for bar in root.findall(f"{SVG}rect") if bar.find(f"{SVG}title") is not None]


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_every_value_is_in_one_bar_and_every_bar_in_the_picture(values):
    drawn = bars(values)
    assert len(drawn) == BARS
    assert sum(int(bar.find(f"{SVG}title").text) for bar in drawn) == len(values)
    assert all(0 <= float(bar.get("y")) <= HEIGHT for bar in drawn)


@pytest.mark.parametrize(("value", "bar"), [(0.0, 0), (0.49, 9), (0.51, 10), (1.0, BARS - 1), (7.0, BARS - 1)])
def test_a_value_stands_in_its_step_and_what_lies_beyond_in_the_last(value, bar):
    assert [int(each.find(f"{SVG}title").text) for each in bars([value])].index(1) == bar
