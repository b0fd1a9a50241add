"""Growth of memory over a long run."""

import pytest

from benchmarks.soak import growth_percent


def test_growth_is_from_the_first_counted_readings_to_the_last():
    assert growth_percent([500.0, 500.0, 800.0, 802.0, 1.0, 810.0, 816.0, 999.0], 2) == pytest.approx(2.0)


def test_a_run_that_is_too_short_has_no_growth():
    assert growth_percent([800.0] * 7, 2) is None
