"""GET /v1/admin/feedback: the report for the administrator, a form for a browser without the token, else nothing."""

import base64
import hashlib
import re
import threading
from functools import partial

import anyio
import httpx
import pytest

from inzwa.feedback.consents import give_consent
from inzwa.feedback.records import Consent
from inzwa.feedback.report.gather import Gathered
from inzwa.server.http.feedback_report import KEPT_S, KeptReport
from tests.serving import serving

PATH = "/v1/admin/feedback"
ADMIN = {"Authorization": "Bearer svosve"}
CONSENT = Consent(version=1, language="sn", licence="CC0-1.0", text=True, voice=False, adult=True)


class CountingStore:
    """A store that holds nothing, and counts who reads."""

    def __init__(self, folder=None):
        self.folder, self.reads, self.threads = folder, 0, set()

    async def read(self, query):
        self.reads += 1
        self.threads.add(threading.get_ident())
        return Gathered()

    async def write(self, change):
        raise NotImplementedError


async def test_the_report_is_there_for_whoever_has_the_token(tmp_path):
    async with serving(admin_token="svosve", data=tmp_path) as (url, app_state):
        await app_state.require_feedback().store.write(partial(give_consent, consent=CONSENT))
        async with httpx.AsyncClient(base_url=url, headers=ADMIN) as http:
            answer = await http.get(PATH)
    assert answer.status_code == 200
    assert '<th scope="row">contributors who consented</th><td>1</td>' in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


async def test_there_is_no_report_where_no_admin_token_is_set():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert [(await http.get(PATH, headers=headers)).status_code for headers in ({}, ADMIN)] == [404, 404]


async def test_a_browser_without_the_token_gets_a_form_whose_only_script_is_its_own():
    async with serving(admin_token="svosve") as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.get(PATH)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    [script] = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert "form-action 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("token", ["Bearer svosv", "Bearer svosvee"])
async def test_a_wrong_token_gets_nothing(token):
    async with serving(admin_token="svosve") as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.get(PATH, headers={"Authorization": token})
    assert answer.status_code == 401
    assert "<html" not in answer.text


async def test_guesses_are_counted_and_looking_at_the_form_is_none():
    async with (
        serving(admin_token="svosve", requests_per_minute=3) as (url, _),
        httpx.AsyncClient(base_url=url) as http,
    ):
        forms = [(await http.get(PATH)).status_code for _ in range(6)]
        guesses = [(await http.get(PATH, headers={"Authorization": f"Bearer {n}"})).status_code for n in range(4)]
    assert forms == [401] * 6
    assert guesses == [401, 401, 401, 429]


async def test_a_token_in_the_address_is_no_token():
    async with serving(admin_token="svosve") as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert (await http.get(f"{PATH}?token=svosve")).status_code == 401


async def test_where_nothing_is_kept_the_answer_says_so():
    async with serving(admin_token="svosve", feedback="off") as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.get(PATH, headers=ADMIN)
    assert answer.json()["error"]["code"] == "feedback_off"


async def test_a_data_folder_that_cannot_be_read_is_a_typed_error():
    async with serving(admin_token="svosve") as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.get(PATH, headers=ADMIN)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "feedback_unavailable"


async def test_twenty_calls_at_once_read_the_store_once():
    store, report = CountingStore(), KeptReport(lambda: 0.0)
    pages = set()

    async def call():
        pages.add(await report.page(store))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(call)
    assert (store.reads, len(pages)) == (1, 1)


async def test_a_report_is_made_anew_after_a_minute():
    times = iter([0.0, 0.0, KEPT_S - 0.1, KEPT_S, KEPT_S])
    store, report = CountingStore(), KeptReport(lambda: next(times))
    for expected in (1, 1, 2):
        await report.page(store)
        assert store.reads == expected
