"""What all browser tests share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.microphone import Launcher


@pytest.fixture(scope="package")
def launcher() -> Iterator[Launcher]:
    """One driver for this folder alone: while it lives, its thread cannot run asyncio for other tests."""
    with sync_playwright() as playwright:
        yield Launcher(playwright)
