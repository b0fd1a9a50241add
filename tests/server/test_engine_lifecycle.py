"""POST /v1/admin/warmup with a body: another model takes a stage over, or the answer says why it could not."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import httpx
import pytest
from anyio import to_thread

from inzwa.cli.client import open_client
from inzwa.cli.main import main
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.proxies import ChatModelProxy
from inzwa.engines.slots import EngineSlot
from inzwa.errors import EngineError, ModelCorrupt, UnknownModel
from inzwa.events import TypedText
from inzwa.protocols import StageReport
from tests.serving import scripted_engines, serving

ADMIN = {"Authorization": "Bearer svosve"}
WANTED = {"stage": "llm", "model": "new"}


def model(name: str, *pieces: str, gate: anyio.Event | None = None) -> ScriptedChatModel:
    made = ScriptedChatModel(ScriptedReply(pieces=pieces, gates={1: gate} if gate else {}))
    made.info = replace(made.info, model=name)
    return made


class ScriptedExchange:
    """An Exchange for the language model; with a gate it waits in the middle of a download."""

    def __init__(self, *, error: Exception | None = None, gate: anyio.Event | None = None) -> None:
        self.slot: EngineSlot = EngineSlot("llm", 20.0)
        self.reply_gate = anyio.Event()
        self.slot.install(model("old", "Ndiri ", "wekare.", gate=self.reply_gate))
        self.error, self.gate = error, gate
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, stage, name, report) -> None:
        self.asked.append((stage, name))
        report(StageReport(stage, "fetching", f"{name}: downloading", name, "downloading", 5, 10))
        if self.gate:
            await self.gate.wait()
        if self.error:
            raise self.error
        self.slot.install(model(name, "Ndiri ", "mutsva."))


@asynccontextmanager
async def running(scripted: ScriptedExchange) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    engines = scripted_engines(llm=ChatModelProxy(scripted.slot), exchange=scripted)
    async with (
        serving(engines, admin_token="svosve") as (url, _),
        httpx.AsyncClient(base_url=url, headers=ADMIN) as http,
    ):
        yield url, http


async def test_the_answer_tells_what_serves_from_now_on():
    async with running(ScriptedExchange()) as (_, http):
        answer = await http.post("/v1/admin/warmup", json=WANTED)
        assert answer.status_code == 200
        assert answer.json()["stages"]["llm"]["model"] == "new"
        assert {"bytes", "consequence", "source", "load_ms", "warm_ms", "tried"} <= set(answer.json()["stages"]["llm"])
        assert 'inzwa_model_info{model="new",stage="llm"} 1.0' in (await http.get("/metrics")).text


async def test_a_live_turn_ends_on_the_old_model_and_the_next_one_of_the_same_conversation_is_on_the_new():
    scripted = ScriptedExchange()
    async with running(scripted) as (url, http), open_client(url) as client:
        await client.send(TypedText("mhoro"))
        while scripted.slot.instance.users == 0:
            await anyio.lowlevel.checkpoint()
        assert (await http.post("/v1/admin/warmup", json=WANTED)).status_code == 200
        scripted.reply_gate.set()
        assert (await client.turn()).text("llm.final") == "Ndiri wekare."
        await client.send(TypedText("mhoro"))
        assert (await client.turn()).text("llm.final") == "Ndiri mutsva."


async def test_while_one_is_exchanged_readiness_says_how_far_it_is_and_another_is_refused():
    scripted = ScriptedExchange(gate=anyio.Event())
    async with running(scripted) as (_, http), anyio.create_task_group() as tasks:
        answers: list[int] = []

        async def exchange() -> None:
            answers.append((await http.post("/v1/admin/warmup", json=WANTED)).status_code)

        tasks.start_soon(exchange)
        while not scripted.asked:
            await anyio.lowlevel.checkpoint()
        ready = (await http.get("/readyz")).json()
        assert (ready["ready"], ready["stages"]["llm"]["model"]) == (True, "old")
        assert ready["exchanging"]["step"] == "downloading"
        assert (ready["exchanging"]["done_bytes"], ready["exchanging"]["total_bytes"]) == (5, 10)
        refused = await http.post("/v1/admin/warmup", json={"stage": "tts", "model": "other"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "exchange_underway")
        assert "new" in refused.json()["error"]["message"]
        assert (await http.post("/v1/admin/warmup")).status_code == 200
        scripted.gate.set()
    assert (answers, scripted.asked) == ([200], [("llm", "new")])


@pytest.mark.parametrize("error", [ModelCorrupt("new is damaged."), EngineError("llm", "new cannot be loaded.")])
async def test_a_model_that_cannot_take_over_is_told_and_the_old_one_goes_on(error: Exception):
    async with running(ScriptedExchange(error=error)) as (_, http):
        answer = await http.post("/v1/admin/warmup", json=WANTED)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "exchange_failed")
        assert answer.json()["error"]["message"] == f"llm stays as it was: {error}"
        ready = (await http.get("/readyz")).json()
        assert (ready["stages"]["llm"]["model"], ready["exchanging"]) == ("old", None)


@pytest.mark.parametrize(
    "body",
    [
        {"stage": "brain", "model": "new"},
        {"stage": "llm"},
        {"stage": "llm", "model": ""},
        {"stage": "llm", "model": "x" * 513},
        {"stage": "llm", "model": "new", "force": True},
        [],
        "llm",
    ],
)
async def test_a_body_that_names_no_exchange_is_refused_before_anything_is_done(body: object):
    scripted = ScriptedExchange()
    async with running(scripted) as (_, http):
        answer = await http.post("/v1/admin/warmup", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_request")
    assert scripted.asked == []


async def test_a_model_that_nobody_knows_is_refused_with_those_there_are():
    async with running(ScriptedExchange(error=UnknownModel("there is no model 'new'; the catalogue has old"))) as (
        _,
        http,
    ):
        answer = await http.post("/v1/admin/warmup", json=WANTED)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unknown_model")
        assert "the catalogue has old" in answer.json()["error"]["message"]


async def test_engines_that_cannot_be_exchanged_say_so():
    async with serving(admin_token="svosve") as (url, _), httpx.AsyncClient(base_url=url, headers=ADMIN) as http:
        said = (await http.post("/v1/admin/warmup", json=WANTED)).json()["error"]["message"]
        assert said == "llm stays as it was: The llm engine cannot be exchanged while it runs."


async def test_a_server_that_is_stopping_exchanges_nothing():
    scripted = ScriptedExchange()
    async with serving(scripted_engines(llm=ChatModelProxy(scripted.slot), exchange=scripted)) as (_, app_state):
        app_state.admission.stopping.set()
        with pytest.raises(Exception, match="stopping"):
            await app_state.exchange("llm", "new")
    assert scripted.asked == []


async def test_without_a_token_nothing_is_exchanged():
    scripted = ScriptedExchange()
    async with running(scripted) as (url, _), httpx.AsyncClient(base_url=url) as stranger:
        assert (await stranger.post("/v1/admin/warmup", json=WANTED)).status_code == 401
    assert scripted.asked == []


async def typed(url: str, *words: str, token: str = "svosve") -> int:
    """What `python -m inzwa exchange` ends with."""
    return await to_thread.run_sync(main, ["exchange", *words, "--url", url], {"INZWA_ADMIN_TOKEN": token})


async def test_the_command_asks_a_running_server_and_prints_what_serves_now(capsys):
    async with running(ScriptedExchange()) as (url, _):
        assert await typed(url, "llm", "new") == 0
    assert json.loads(capsys.readouterr().out)["model"] == "new"


async def test_the_command_says_why_a_server_would_not(capsys):
    async with running(ScriptedExchange(error=ModelCorrupt("new is damaged."))) as (url, _):
        assert await typed(url, "llm", "new") == 1
        assert await typed(url, "llm", "new", token="svosv") == 1
    assert await typed("http://127.0.0.1:1", "llm", "new") == 1
    said = capsys.readouterr().err
    assert "exchange_failed: llm stays as it was: new is damaged." in said
    assert "is INZWA_ADMIN_TOKEN the server's?" in said
    assert "unreachable: http://127.0.0.1:1 does not answer" in said
