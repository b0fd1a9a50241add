"""The page on scripted engines, behind a real uvicorn, for clients that block."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.protocols import Engines
from inzwa.server.app_state import AppState
from tests.browser.site import open_site
from tests.serving import opening, scripted_engines, settings


@pytest.fixture(scope="module")
def engines() -> Engines:
    """A transcript says how long the recording was."""
    return scripted_engines(asr=ScriptedTranscriber(lambda sound, _: f"{sound.size} samples"))


@pytest.fixture(scope="module")
def url(engines: Engines) -> Iterator[str]:
    with open_site(engines, max_text_chars=40, max_audio_seconds=2, requests_per_minute=10_000) as site:
        yield site.url


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


@pytest.fixture
async def cold() -> AppState:
    """The state of an application whose engines nobody has opened."""
    return AppState(settings(max_text_chars=40), opening(scripted_engines()))
