"""Tasks as scripts see them: gradio_client against a real server, its disk included."""

import io
import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
from gradio_client import Client
from gradio_client.exceptions import AppError
from sqlalchemy import func, select

from inzwa.feedback.codes import contributor_id
from inzwa.feedback.consents import give_consent
from inzwa.feedback.records import Consent
from inzwa.feedback.store.schema import ItemRow, TaskRow
from inzwa.feedback.store.store import Store
from inzwa.feedback.withdrawal import withdraw
from tests.browser.evaluate_tab import add_sounds
from tests.browser.site import Site, open_site
from tests.feedback.tasks.evaluators import ANSWERS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(data=tmp_path_factory.mktemp("data"), requests_per_minute=10_000) as site:
        add_sounds(site.app_state)
        yield site


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[Client]:
    client = Client(site.url, verbose=False)
    yield client
    client.close()


@pytest.fixture
def store(site: Site) -> Store:
    assert site.app_state.feedback is not None
    store = site.app_state.feedback.store
    assert isinstance(store, Store)
    return store


@pytest.fixture
def code(store: Store) -> str:
    consent = Consent(version=1, language="sn", licence="CC0-1.0", text=True, voice=False, adult=False)
    return store.write_now(lambda session: give_consent(session, consent))


def draw(client: Client, code: str, kind: str = "") -> dict[str, Any]:
    return client.predict(code=code, kind=kind, api_name="/next_task")


def submit(client: Client, code: str, task: str, answer: dict[str, Any], key: str = "") -> dict[str, Any]:
    return client.predict(code=code, task=task, key=key or secrets.token_hex(8), answer=answer, api_name="/submit_task")


def row(store: Store, task: str) -> TaskRow:
    return store.read_now(lambda session: session.get_one(TaskRow, task))


@pytest.mark.parametrize("kind", ["naturalness", "comparison", "transcript", "reply", "review"])
def test_a_task_is_drawn_answered_and_on_disk(client: Client, store: Store, code: str, kind: str) -> None:
    task = draw(client, code, kind)
    assert task["kind"] == kind
    assert draw(client, code, kind)["task"] == task["task"]
    assert task["progress"]["done"] == 0 < task["progress"]["total"]
    done = submit(client, code, task["task"], ANSWERS[kind])
    assert (done["task"], done["done"]) == (task["task"], 1)
    assert row(store, task["task"]).answer == ANSWERS[kind]
    assert draw(client, code, kind)["task"] != task["task"]


def test_the_same_key_counts_once_and_nothing_else_may_use_it(client: Client, store: Store, code: str) -> None:
    task = draw(client, code, "review")["task"]
    first = submit(client, code, task, ANSWERS["review"], key="k")
    assert submit(client, code, task, ANSWERS["review"], key="k") == first
    with pytest.raises(AppError, match="key"):
        submit(client, code, task, {"right": False}, key="k")
    assert row(store, task).answer == ANSWERS["review"]


def test_two_requests_at_once_draw_one_task_and_answer_it_once(client: Client, store: Store, code: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: draw(client, code, "review")["task"], range(4)))
        assert len(set(drawn)) == 1
        done = list(pool.map(lambda _: submit(client, code, drawn[0], ANSWERS["review"], "k"), range(4)))
    assert {each["done"] for each in done} == {1}
    contributor = contributor_id(code)
    count = select(func.count(TaskRow.id)).where(TaskRow.contributor == contributor)
    assert store.read_now(lambda session: session.scalar(count)) == 1


def test_the_last_answer_comes_back_and_is_replaced(client: Client, store: Store, code: str) -> None:
    task = draw(client, code, "review")["task"]
    submit(client, code, task, ANSWERS["review"])
    draw(client, code, "review")
    again = client.predict(code=code, api_name="/undo_task")
    assert (again["task"], again["answer"]) == (task, ANSWERS["review"])
    submit(client, code, task, {"right": False, "better": "shoko"})
    assert row(store, task).answer == {"right": False, "better": "shoko"}


def test_a_task_can_be_skipped(client: Client, store: Store, code: str) -> None:
    task = draw(client, code, "review")["task"]
    client.predict(code=code, task=task, key="s", answer={}, skip=True, api_name="/submit_task")
    assert row(store, task).skipped
    assert draw(client, code, "review")["task"] != task


def test_a_sound_is_a_flac_file_whose_address_and_headers_tell_nothing(
    site: Site, client: Client, store: Store, code: str
) -> None:
    task = draw(client, code, "comparison")
    item = store.read_now(lambda session: session.get_one(ItemRow, row(store, task["task"]).item_id))
    for place in task["payload"]["sounds"]:
        answer = httpx.get(f"{site.url}/feedback/sound/{task['task']}/{place}")
        assert soundfile.info(io.BytesIO(answer.content)).format == "FLAC"
        told = json.dumps([str(answer.url), dict(answer.headers)])
        assert not any(name in told for name in (item.id, item.payload["first"], item.payload["second"]))
        assert "etag" not in answer.headers
    assert json.dumps(task).count("Secret") == 0


@pytest.mark.parametrize("path", ["0" * 32 + "/a", "x/a", "0" * 32 + "/first", "../../etc/passwd/a"])
def test_there_is_no_sound_of_no_task(site: Site, path: str) -> None:
    assert httpx.get(f"{site.url}/feedback/sound/{path}").status_code in (404, 422)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "AAAAA"}, "withdrawal code"),
        ({"code": "23456-23456-23456-23456-23456"}, "consented"),
        ({"kind": "song"}, "kind"),
        ({"kind": "reading"}, "Recordings"),
    ],
)
def test_who_may_not_is_told_why_in_both_languages(client: Client, code: str, change: dict, words: str) -> None:
    with pytest.raises(AppError, match=words) as refused:
        client.predict(**{"code": code, "kind": "", "api_name": "/next_task", **change})
    assert "·" in str(refused.value)


def test_a_wrong_answer_leaves_the_task_open(client: Client, store: Store, code: str) -> None:
    task = draw(client, code, "naturalness")["task"]
    with pytest.raises(AppError, match="naturalness"):
        submit(client, code, task, {"naturalness": 9, "intelligibility": 1})
    assert row(store, task).answered_at is None


def test_nobody_answers_anothers_task(client: Client, store: Store, code: str) -> None:
    task = draw(client, code, "review")["task"]
    consent = Consent(version=1, language="sn", licence="CC0-1.0", text=True, voice=False, adult=False)
    other = store.write_now(lambda session: give_consent(session, consent))
    with pytest.raises(AppError, match="no task of yours"):
        submit(client, other, task, ANSWERS["review"])


def test_after_withdrawal_nothing_is_drawn_and_nothing_taken(client: Client, store: Store, code: str) -> None:
    task = draw(client, code, "review")["task"]
    store.write_now(lambda session: withdraw(session, contributor_id(code)))
    with pytest.raises(AppError, match="withdrawn"):
        draw(client, code, "review")
    with pytest.raises(AppError, match="withdrawn"):
        submit(client, code, task, ANSWERS["review"])


def test_nobody_has_signed_in_where_that_is_not_offered(client: Client) -> None:
    assert client.predict(api_name="/signed_in_code") == {"code": ""}


def test_with_an_access_token_there_is_no_way_in_without_it(tmp_path: Path) -> None:
    with open_site(data=tmp_path, access_token="svosve") as site:
        add_sounds(site.app_state)
        client = Client(site.url, verbose=False)
        calls = {
            "/next_task": {"code": "x"},
            "/submit_task": {"code": "x", "task": "x", "key": "x", "answer": {}},
            "/undo_task": {"code": "x"},
            "/signed_in_code": {},
        }
        for name, arguments in calls.items():
            with pytest.raises(AppError, match="access code"):
                client.predict(**arguments, api_name=name)
        client.close()
        address = f"{site.url}/feedback/sound/{'0' * 32}/a"
        assert httpx.get(address).status_code == 401
        assert httpx.get(address, headers={"Authorization": "Bearer svosve"}).status_code == 404
