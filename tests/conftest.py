"""What all tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from inzwa.models.catalogue import load_catalogue
from inzwa.models.store import Store, default_cache
from inzwa.process import prepare_process
from tests.lending import lend

prepare_process()  # as the entry points do
settings.register_profile("inzwa", deadline=None)  # no test asserts wall-clock time
settings.load_profile("inzwa")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, which is what uvicorn runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def models() -> Store:
    """The real models, in the cache that Inzwa itself uses."""
    return Store(default_cache())


@pytest.fixture
def cache(models: Store, tmp_path: Path) -> Path:
    """A cache of the test's own that holds the small models."""
    return lend(models, tmp_path / "cache")


@pytest.fixture(scope="session", autouse=True)
def nothing_strange_in_the_real_cache() -> Iterator[None]:
    """Tests may fetch the catalogue's models into the user's cache; whatever else they leave there fails the run."""
    before = _kept()
    yield
    if strays := _kept() - before - set(load_catalogue()):
        pytest.fail(f"{default_cache()} was left with {', '.join(sorted(strays))}: use the fixture `cache`")


def _kept() -> set[str]:
    """Names of the folders in the user's cache that stand for a model each."""
    return {folder.name for kind in ("models", "converted") for folder in (default_cache() / kind).glob("*")}
