"""What the tests of the store share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import load_settings


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    with open_store(load_settings({"INZWA_DATA": str(tmp_path / "data")})) as opened:
        opened.prepare()
        yield opened
