"""Models exchanged on real weights in the middle of a conversation: no turn is lost, and what fails changes nothing."""

import anyio
import httpx
import pytest

from inzwa.cli.client import open_client
from inzwa.engines.registry import open_engines
from inzwa.engines.selection import EMBEDDED
from inzwa.events import TypedText
from inzwa.models.store import Store
from tests.lending import lend
from tests.serving import opening, serving, settings

pytestmark = pytest.mark.weights

ADMIN = {"Authorization": "Bearer svosve"}
MINE = """
[giant]
stage = "llm"
language = "any"
licence = "MIT"
consequence = "Free."
memory_mib = 100000000
[[giant.sources]]
kind = "hub"
repository = "nobody/giant"
take = ["*.gguf"]
"""


@pytest.fixture(scope="module")
async def engines(models: Store, tmp_path_factory: pytest.TempPathFactory):
    """All four on the small models, opened once, and a catalogue with a model that no machine carries."""
    folder = lend(models, tmp_path_factory.mktemp("cache"), (*EMBEDDED.values(), "gemma3-270m"))
    (folder / "mine.toml").write_text(MINE)
    chosen = settings(models="embedded", catalogue=folder / "mine.toml", cache=folder)
    async with open_engines(chosen, lambda _: None) as opened:
        yield opened


def _is(message, kind: str) -> bool:
    return isinstance(message, dict) and message["type"] == kind


async def exchange(http: httpx.AsyncClient, stage: str, model: str) -> httpx.Response:
    return await http.post("/v1/admin/warmup", json={"stage": stage, "model": model}, timeout=100)


async def test_a_conversation_goes_on_while_its_model_becomes_another_and_again_the_first(engines):
    async with (
        serving(open_engines=opening(engines), admin_token="svosve", max_new_tokens=40) as (url, app_state),
        httpx.AsyncClient(base_url=url, headers=ADMIN) as http,
    ):
        await app_state.lifecycle.warm_up()
        async with open_client(url) as client:
            await client.send(TypedText("Tell me a story about the rain."))
            while not _is(await client.receive(), "llm.partial"):
                pass
            answer = await exchange(http, "llm", "gemma3-270m")
            assert answer.json()["stages"]["llm"]["model"] == "gemma3-270m"
            assert answer.json()["stages"]["llm"]["consequence"].startswith("Commercial use allowed")
            record = await client.turn()
            assert record.events[-1]["type"] == "turn.end"
            assert record.text("llm.final")
            for model in ("gemma3-270m", "smollm2-135m"):
                assert engines.llm.info.model == model
                await client.send(TypedText("And then?"))
                record = await client.turn()
                assert record.events[-1]["type"] == "turn.end"
                if model == "gemma3-270m":
                    assert (await exchange(http, "llm", "smollm2-135m")).status_code == 200


async def test_every_stage_can_be_opened_anew_while_others_talk(engines):
    async with serving(open_engines=opening(engines), max_new_tokens=12) as (url, app_state):
        await app_state.lifecycle.warm_up()

        async def talk() -> None:
            async with open_client(url) as client:
                for _ in range(3):
                    await client.send(TypedText("Hello."))
                    assert (await client.turn()).events[-1]["type"] == "turn.end"

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(talk)
            for stage, info in engines.infos().items():
                await app_state.exchange(stage, info.model)


@pytest.mark.parametrize(
    ("stage", "model", "why"),
    [
        ("llm", "file:/nowhere/model.gguf", "no such file"),
        ("llm", "joe-medium", "joe-medium is a model for tts, not for llm"),
        ("llm", "giant", "giant needs 100000000 MiB beside the model that serves"),
        ("asr", "file:{folder}", "expected one file that ends with 'model.bin'"),
        ("llm", "file:{folder}/text.gguf", "text.gguf"),
    ],
)
async def test_what_cannot_serve_changes_nothing_and_says_why(engines, tmp_path, stage, model, why):
    (tmp_path / "text.gguf").write_text("GGUF, but nothing else " * 50)
    before = engines.infos()
    async with (
        serving(open_engines=opening(engines), admin_token="svosve") as (url, app_state),
        httpx.AsyncClient(base_url=url, headers=ADMIN) as http,
    ):
        await app_state.lifecycle.warm_up()
        answer = await exchange(http, stage, model.format(folder=tmp_path))
    assert answer.status_code in (422, 500)
    assert why in answer.json()["error"]["message"]
    assert engines.infos() == before
