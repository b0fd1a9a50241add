"""What the tests of this room share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.pupil import Class
from tests.models.shop import Shop
from tests.models.sources.hub import LoopbackHub, serving


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A package index with one small model, and an empty cache."""
    return Shop.open(tmp_path)


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    """A Hub on loopback without a repository."""
    with serving() as hub:
        yield hub


@pytest.fixture
def pupil(hub: LoopbackHub, tmp_path: Path) -> Class:
    """A small model on that Hub, and an empty cache."""
    return Class.open(hub, tmp_path)
