"""What the tests of the feedback endpoints share: a client, somebody who consents, a conversation, a recording."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from inzwa.cli.client import open_client
from inzwa.events import TypedText
from tests.browser.microphone import write_wav
from tests.browser.site import Site


@contextmanager
def calling(site: Site, token: str = "") -> Iterator[Client]:
    headers = {"Authorization": f"Bearer {token}"} if token else None
    client = Client(site.url, verbose=False, headers=headers)
    try:
        yield client
    finally:
        client.close()


async def talk_once(url: str) -> str:
    """The conversation of one turn, whose socket is closed."""
    async with open_client(url) as talking:
        await talking.send(TypedText("mhoro"))
        await talking.turn()
        return talking.ready["conversation"]


def consent(client: Client, **choices: object) -> str:
    return client.predict(**{"text": True, **choices}, api_name="/consent")["code"]


def refusal(client: Client, call: str, **arguments: object) -> str:
    """The code of the error."""
    with pytest.raises(AppError) as refused:
        client.predict(**arguments, api_name=call)
    assert "·" in str(refused.value)
    return refused.value.title


def clip(path: Path, seconds: float = 1.0) -> dict:
    tone = 0.1 * np.sin(np.arange(int(16_000 * seconds)) / 9).astype(np.float32)
    return handle_file(write_wav(path / f"{seconds}.wav", tone, 16_000))
