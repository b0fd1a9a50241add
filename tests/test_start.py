"""Starting with a Hub that does everything wrong: failures are told, small models serve, it can be stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

import inzwa
from benchmarks.rig.server import free_port
from inzwa.models.store import Store
from tests.lending import lend
from tests.models.sources.hub.faults import lies, status, trickles
from tests.models.sources.hub.hub_server import LoopbackHub, serving

pytestmark = pytest.mark.weights

ENTRY = """
[{name}]
stage = "{stage}"
language = "Shona"
licence = "MIT"
consequence = "Free."
memory_mib = 1
auto = true
[[{name}.sources]]
kind = "hub"
repository = "org/{name}"
revision = "{revision}"
take = ["*.{suffix}"]
"""
WEIGHTS = bytes(range(1, 251)) * 400


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with serving() as hub:
        yield hub


def start(
    hub: LoopbackHub, models: Store, folder: Path, catalogue: str, *command: str, **more: str
) -> "subprocess.Popen[str]":
    """`python -m inzwa`, with the small models in its cache and this catalogue before its own."""
    lend(models, folder)
    (folder / "mine.toml").write_text(catalogue)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INZWA_", "HF_"))}
    own = {"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(folder / "hf"), "HF_HUB_DOWNLOAD_TIMEOUT": "60"}
    cache = {"INZWA_CACHE": str(folder), "INZWA_CATALOGUE": str(folder / "mine.toml"), "NO_PROXY": "*"}
    return subprocess.Popen(
        [sys.executable, "-m", "inzwa", *command],
        env={**kept, **own, **cache, **more},
        cwd=Path(inzwa.__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_every_model_that_the_hub_spoils_is_told_and_the_small_voice_speaks(
    hub: LoopbackHub, models: Store, tmp_path: Path
) -> None:
    for name in ("busy", "gated", "liar", "moved", "pickled"):
        content = {"model.pt.onnx": b"\x80\x04\x95" + WEIGHTS} if name == "pickled" else {"model.onnx": WEIGHTS}
        hub.push(f"org/{name}", content)
    hub.tokens["org/gated"] = "hf_secret"
    hub.fail("list", [status(429, Retry_After="3600")])
    hub.fail("store", [lies])
    names = {"busy": "main", "gated": "main", "liar": "main", "moved": "v9", "pickled": "main"}
    catalogue = "".join(ENTRY.format(name=n, stage="tts", revision=r, suffix="onnx") for n, r in names.items())
    wav = tmp_path / "mhoro.wav"
    with start(hub, models, tmp_path, catalogue, "say", "Mhoro.", "-o", str(wav)) as process:
        said = process.communicate()[0]
    assert process.returncode == 0, said
    assert wav.stat().st_size > 1000
    assert "fewer requests (429); wait 3600 s" in said
    assert "org/gated is gated: accept its terms" in said
    assert "model.onnx: expected 100000 bytes" in said
    assert "org/moved @ v9: the repository has no such commit or branch" in said
    assert "is a pickle" in said
    assert said.count("tts: failed") == 6  # mms-tts-sna, which comes with Inzwa, is not on this Hub either
    assert "tts: ready joe-medium" in said


def test_a_server_answers_while_it_fetches_says_how_far_it_is_and_stops_when_told(
    hub: LoopbackHub, models: Store, tmp_path: Path
) -> None:
    hub.push("org/far", {"model.gguf": WEIGHTS})
    hub.fail("store", [trickles])
    catalogue = ENTRY.format(name="far", stage="llm", revision="main", suffix="gguf")
    port = free_port()
    with start(hub, models, tmp_path, catalogue, "serve", INZWA_PORT=str(port)) as process:
        url = f"http://127.0.0.1:{port}"
        assert asked(f"{url}/healthz", lambda _: True)["status"] == "ok"
        ready = asked(f"{url}/readyz", lambda body: body["stages"]["llm"]["done_bytes"] > 0)
        assert not ready["ready"]
        llm = ready["stages"]["llm"]
        assert (llm["model"], llm["step"], llm["total_bytes"]) == ("far", "downloading", len(WEIGHTS))
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[0]
    assert process.returncode in (0, -signal.SIGTERM), said
    assert "Traceback" not in said


def asked(url: str, enough: Callable[[dict], bool]) -> dict:
    """What the server answers, asked again until it listens and has come so far."""
    while True:
        with suppress(httpx.TransportError):
            body = httpx.get(url).json()
            if enough(body):
                return body
