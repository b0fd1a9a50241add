"""A data folder of the test's own."""

from pathlib import Path

import pytest


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Not made yet."""
    return tmp_path / "data"
