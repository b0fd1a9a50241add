"""The page on a scripted host, behind a real uvicorn, for clients that block."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from gradio_client import Client

from inzwa.server.ui.mount import mount_page
from inzwa.server.ui.page import build_page
from tests.server.ui.scripted_host import ScriptedHost
from tests.serving import running, settings


@contextmanager
def page_of(host: ScriptedHost) -> Iterator[str]:
    """The page's address, for as long as the block lasts."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_running(host)) as url:
        yield url


@asynccontextmanager
async def _running(host: ScriptedHost) -> AsyncIterator[str]:
    """Built inside the loop that serves it: outside of any, Gradio would make one and leave it open."""
    async with running(mount_page(FastAPI(), build_page(host)), settings()) as url:
        yield url


@pytest.fixture(scope="module")
def host() -> ScriptedHost:
    return ScriptedHost()


@pytest.fixture(scope="module")
def url(host: ScriptedHost) -> Iterator[str]:
    with page_of(host) as url:
        yield url


@pytest.fixture(scope="module")
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def client(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    downloads: Path = tmp_path_factory.mktemp("downloads")
    client = Client(url, verbose=False, download_files=str(downloads))
    yield client
    client.close()
