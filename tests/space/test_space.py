"""app.py as a Space runs it: its user, its packages, its port, its proxy, its cache."""

import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from inzwa.cli.client import Client
from inzwa.events import Start
from inzwa.models.store import PERSISTENT
from tests.space.conftest import Door
from tests.space.space import HOST, PORT, PROXY, REQUESTS_PER_MINUTE, Space

pytestmark = [pytest.mark.space, pytest.mark.timeout(700)]

ROOT = Path(__file__).parents[2]
OWN_ORIGIN = f"https://{HOST}"


@pytest.fixture
def persistent(space: Space) -> Iterator[Path]:
    """Persistent storage, where this machine's own root leaves room for it."""
    if PERSISTENT.exists():
        pytest.skip(f"{PERSISTENT} is somebody's already")
    PERSISTENT.mkdir()
    shutil.chown(PERSISTENT, space.user.pw_uid, space.user.pw_gid)
    yield PERSISTENT
    shutil.rmtree(PERSISTENT)


def front_matter(name: str) -> str:
    """A value at the head of README.md."""
    found = re.search(rf'^{name}: *"?([^"\n]*)"?$', (ROOT / "README.md").read_text(), re.MULTILINE)
    return found[1] if found else pytest.fail(f"README.md's front matter has no {name}")


@asynccontextmanager
async def conversation(door: Door, origin: str, address: str) -> AsyncIterator[Client]:
    """A session over wss, of a page of that origin at that address."""
    async with connect(
        f"wss://{HOST}/ws/audio",
        host="127.0.0.1",
        port=door.port,
        local_addr=(address, 0),
        ssl=door.tls,
        origin=origin,
        proxy=None,
        compression=None,
        max_size=None,
    ) as socket:
        await socket.send(json.dumps({"type": "start", **asdict(Start(mode="push_to_talk"))}))
        yield Client(socket, json.loads(await socket.recv()))


def statuses(client: httpx.Client, count: int) -> list[int]:
    """What so many requests are answered, each with an address of its own written into X-Forwarded-For."""
    return [
        client.post("/v1/tts", json={"text": ""}, headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(count)
    ]


def test_it_has_the_front_matter_s_gradio_and_packages_that_agree(space: Space) -> None:
    assert space.run("-c", "import gradio; print(gradio.__version__)").strip() == front_matter("sdk_version")
    assert "No broken requirements found" in space.run("-m", "pip", "check")


def test_it_listens_on_every_address_and_is_ready_with_models_that_it_names(space: Space) -> None:
    answer = httpx.get(f"http://{PROXY}:{PORT}/readyz", trust_env=False)
    assert answer.status_code == httpx.codes.OK
    assert {stage: state["state"] for stage, state in answer.json()["stages"].items()} == dict.fromkeys(
        ("vad", "asr", "llm", "tts"), "ready"
    )


def test_it_writes_nothing_beside_its_code_and_keeps_its_models_in_hf_home(space: Space) -> None:
    assert [path for path in space.app.rglob("*") if path.stat().st_uid == space.user.pw_uid] == []
    assert {folder.name for folder in (space.hub / "inzwa" / "models").iterdir()} >= {"whisper-base", "joe-medium"}
    assert not (space.folder / "home" / ".cache" / "inzwa").exists()


def test_persistent_storage_is_taken_where_there_is_some(space: Space, persistent: Path) -> None:
    space.run("-m", "inzwa", "models", "fetch", "silero-v6")
    assert (persistent / "inzwa" / "models" / "silero-v6").is_dir()


def test_the_page_comes_through_the_proxy_and_asks_for_nothing_but_https(door: Door) -> None:
    with door.caller("127.0.0.10") as client:
        page = client.get("/")
        assert page.status_code == httpx.codes.OK
        assert "Inzwa" in page.text
        assert client.get("/config").json()["root"] == OWN_ORIGIN
        assert (
            "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
            in (page.headers["Content-Security-Policy"])
        )
        assert "microphone=(self)" in page.headers["Permissions-Policy"]


def test_visitors_are_not_taken_for_this_machine(door: Door) -> None:
    with door.caller("127.0.0.11") as client:
        assert client.get("/metrics").status_code == httpx.codes.FORBIDDEN


def test_the_caller_s_own_address_counts_whatever_it_writes_into_the_header(door: Door) -> None:
    within = [httpx.codes.UNPROCESSABLE_ENTITY] * REQUESTS_PER_MINUTE
    with door.caller("127.0.0.12") as client, door.caller("127.0.0.13") as other:
        assert statuses(client, REQUESTS_PER_MINUTE + 1) == [*within, httpx.codes.TOO_MANY_REQUESTS]
        assert statuses(other, 1) == within[:1]


def test_a_header_from_outside_the_platform_s_network_is_not_believed(space: Space) -> None:
    within = [httpx.codes.UNPROCESSABLE_ENTITY] * REQUESTS_PER_MINUTE
    transport = httpx.HTTPTransport(local_address="127.0.0.14")
    with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as client:
        assert statuses(client, REQUESTS_PER_MINUTE + 1) == [*within, httpx.codes.TOO_MANY_REQUESTS]


async def test_a_spoken_turn_over_wss_is_answered_aloud(door: Door) -> None:
    sound, _rate = soundfile.read(ROOT / "assets" / "mhoroi.wav", dtype="float32")
    async with conversation(door, OWN_ORIGIN, "127.0.0.15") as client:
        assert client.ready["type"] == "ready"
        turn = await client.say(sound)
    assert turn.events[-1]["type"] == "turn.end"
    assert np.abs(turn.sound).max() > 0.05


async def test_the_space_s_own_origin_may_come_in_where_the_proxy_hides_its_host(space: Space) -> None:
    async with connect(f"ws://{PROXY}:{PORT}/ws/audio", local_addr=(PROXY, 0), origin=OWN_ORIGIN, proxy=None) as socket:
        assert socket.response.status_code == httpx.codes.SWITCHING_PROTOCOLS


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://evil-inzwa.hf.space", f"https://{HOST}.evil.example"]
)
async def test_a_foreign_origin_is_refused(door: Door, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with conversation(door, origin, "127.0.0.16"):
            pass
    assert refused.value.response.status_code == httpx.codes.FORBIDDEN
