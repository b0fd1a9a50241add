"""A Hub on loopback, the dataset on it, and a second store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.store.store import Store, open_store
from inzwa.settings import load_settings
from tests.feedback.publish.hub import DATASET, TOKEN, DatasetHub
from tests.feedback.publish.hub_server import serving


@pytest.fixture
def hub() -> Iterator[DatasetHub]:
    with serving() as hub:
        yield hub


@pytest.fixture
def pauses() -> list[float]:
    """Seconds that a repository was told to wait; it does not really wait."""
    return []


@pytest.fixture
def repository(hub: DatasetHub, pauses: list[float]) -> Repository:
    environ = {"HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN}
    return Repository(DATASET, Repository.of(DATASET, environ).hub, pauses.append)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """A second store, empty: the first one's after its disk was emptied, or another server's."""
    with open_store(load_settings({"INZWA_DATA": str(tmp_path / "other")})) as opened:
        yield opened
