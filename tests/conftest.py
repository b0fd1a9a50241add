"""What all tests share."""

import pytest
from hypothesis import settings

from inzwa.models.store import Store, default_cache

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
