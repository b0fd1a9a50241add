"""A store for the tests of feedback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import load_settings


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store of the test's own."""
    with open_store(load_settings({"INZWA_DATA": str(tmp_path / "data")})) as opened:
        yield opened
