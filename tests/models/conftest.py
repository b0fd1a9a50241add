"""What the tests of this room share."""

from pathlib import Path

import pytest

from tests.models.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A package index with one small model, and an empty cache."""
    return Shop.open(tmp_path)
