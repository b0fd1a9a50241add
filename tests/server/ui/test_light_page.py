"""The page at "/": complete before any script runs, small, cached as far as it may be; and Gradio's page at /app."""

import gzip
import json
import re
from html.parser import HTMLParser

import brotli
import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from inzwa.server.app import create_app
from inzwa.server.ui.files import ASSETS, asset, hashed_files
from inzwa.server.ui.light_page import light_page, talk_props, with_texts
from inzwa.server.ui.strings import page_strings, table
from tests.serving import opening, scripted_engines, settings

PLAIN = {"Accept-Encoding": "identity"}


class Elements(HTMLParser):
    """Every element's attributes in order, and the text of those that name a text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._key = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.found.append((tag, named))
        self._key = named.get("data-i18n") or ""

    def handle_data(self, data: str) -> None:
        if self._key:
            self.texts[self._key] = data
            self._key = ""


@pytest.fixture(scope="module")
def document() -> str:
    return light_page(settings())


@pytest.fixture(scope="module")
def elements(document: str) -> Elements:
    return Elements(document)


def application(**values: object) -> FastAPI:
    return create_app(settings(**values), opening(scripted_engines()))


def at(app: FastAPI | Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inzwa.test")


def test_every_text_stands_in_shona_before_any_script_has_run(elements: Elements) -> None:
    shona = table("sn")
    named = [attributes for _, attributes in elements.found]
    assert {key: elements.texts.get(key) for each in named if (key := each.get("data-i18n"))} == {
        key: shona[key] for each in named if (key := each.get("data-i18n"))
    }
    assert [each["aria-label"] for each in named if "data-i18n-label" in each] == [
        shona[each["data-i18n-label"] or ""] for each in named if "data-i18n-label" in each
    ]
    assert len(elements.texts) > 8


def test_until_the_script_is_there_the_talk_button_waits_and_the_page_says_that_it_opens(document: str) -> None:
    assert re.search(r'data-part="talk" disabled', document)
    assert re.search(rf'data-part="status"[^>]*>{page_strings()["page.starting"].sn}<', document)


def test_texts_become_text_and_not_markup() -> None:
    markup = with_texts('<p data-i18n="a" data-i18n-label="a">old</p>', {"a": '<b> & "c"'})
    assert markup == (
        '<p data-i18n="a" data-i18n-label="a" aria-label="&lt;b&gt; &amp; &quot;c&quot;">'
        "&lt;b&gt; &amp; &quot;c&quot;</p>"
    )


def test_an_attribute_that_nobody_fills_in_is_an_error() -> None:
    with pytest.raises(KeyError, match="title"):
        with_texts('<p data-i18n-title="a"></p>', {"a": "text"})


def test_the_server_fills_in_the_same_attributes_as_the_script() -> None:
    in_script = set(re.findall(r'attribute: "data-i18n-?(\w*)"', asset("ui/translations.js")))
    assert in_script == {"", "label", "placeholder"}


def test_the_script_is_given_what_gradios_page_gives_it(document: str) -> None:
    found = re.search(r'<script type="application/json" id="inzwa-props">(.*?)</script>', document)
    assert found
    assert json.loads(found[1]) == talk_props(settings())


@pytest.mark.parametrize(("feedback", "tabs"), [("off", 2), ("ratings", 3)])
def test_the_navigation_leads_to_the_tabs_of_gradios_page(feedback: str, tabs: int) -> None:
    links = [each for tag, each in Elements(light_page(settings(feedback=feedback))).found if tag == "a"]
    hrefs = [each["href"] for each in links if each.get("data-i18n", "").startswith("tab.")]
    assert hrefs == ["./", *("app?tab=evaluate", "app?tab=record", "app?tab=read")[3 - tabs :]]


def test_every_address_in_it_is_relative_and_served(elements: Elements, http: httpx.Client) -> None:
    named = [each.get("src") or each.get("href") for tag, each in elements.found if tag in ("a", "link", "script")]
    addresses = {address for address in named if address and not address.startswith(("#", "data:"))}
    assert len(addresses) >= 7
    for address in addresses:
        assert not re.match(r"/|\w+:", address)
        assert http.get(f"/{address}").status_code == httpx.codes.OK, address


def test_it_is_asked_for_anew_and_not_sent_again(http: httpx.Client) -> None:
    answer = http.get("/")
    assert answer.headers["cache-control"] == "no-cache"
    for tag in (answer.headers["etag"], f'"other", {answer.headers["etag"]}'):
        again = http.get("/", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]
    assert http.get("/", headers={"If-None-Match": 'W/"other"'}).status_code == httpx.codes.OK


def test_it_asks_only_for_its_head_when_only_that_is_wanted(http: httpx.Client) -> None:
    answer = http.head("/")
    assert answer.status_code == httpx.codes.OK
    assert "text/html" in answer.headers["content-type"]
    assert answer.content == b""


def test_another_setting_makes_another_page_of_another_tag() -> None:
    assert light_page(settings(max_text_chars=41)) != light_page(settings(max_text_chars=42))


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("br;q=1.0, gzip;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0.0", None),
        ("identity", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("path", ["/", f"/{hashed_files().script}", f"/{hashed_files().style}"])
def test_a_body_comes_in_the_smallest_encoding_that_is_taken(
    http: httpx.Client, path: str, accepted: str, coding: str | None
) -> None:
    with http.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == coding
    assert "accept-encoding" in answer.headers["vary"].lower()
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert decode(raw) == http.get(path, headers=PLAIN).content


def test_files_with_a_hash_are_kept_for_ever_and_what_is_not_there_is_not(http: httpx.Client) -> None:
    files = hashed_files()
    for path in (files.script, *files.later, files.style, files.icon):
        assert http.get(f"/{path}").headers["cache-control"] == "public, max-age=31536000, immutable"
    missing = http.get("/inzwa/light-page-000000000000.js")
    assert missing.status_code == httpx.codes.NOT_FOUND
    assert "immutable" not in missing.headers.get("cache-control", "")
    assert http.post(f"/{files.script}").status_code == httpx.codes.METHOD_NOT_ALLOWED


def test_the_service_worker_lies_beside_the_page_and_is_asked_for_anew(http: httpx.Client) -> None:
    answer = http.get("/service-worker.js")
    assert "javascript" in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text == (ASSETS / "service-worker.js").read_text()


def test_the_service_worker_finds_every_file_that_the_page_names(document: str) -> None:
    pattern = re.search(r"HASHED_FILE = /(.*)/g;", asset("service-worker.js"))
    assert pattern
    found = set(re.findall(pattern[1].replace(r"\/", "/"), document))
    files = hashed_files()
    assert found == {files.script, *files.later, files.icon}


@pytest.mark.parametrize("query", ["tab=record", "view=api", "deep_link=abc", "tab=evaluate&__theme=dark"])
def test_what_means_gradios_page_is_led_there_as_a_sign_in_comes_back(http: httpx.Client, query: str) -> None:
    answer = http.get(f"/?{query}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"app?{query}")
    assert f'"{query.partition("=")[0]}"' in asset("service-worker.js")


def test_any_other_parameter_leaves_one_at_the_talk_page(http: httpx.Client) -> None:
    assert 'id="inzwa-props"' in http.get("/?__theme=dark&logs=container").text


def test_gradios_page_is_at_app_and_speaks_to_the_root(http: httpx.Client) -> None:
    page = http.get("/app?tab=record")
    assert "window.gradio_config" in page.text
    assert f'"root":"{str(http.base_url).rstrip("/")}"' in page.text
    assert hashed_files().script in page.text
    assert http.head("/app").status_code == httpx.codes.OK
    assert http.post("/app").status_code == httpx.codes.METHOD_NOT_ALLOWED
    slash = http.get("/app/?tab=read")
    assert (slash.status_code, slash.headers["location"]) == (307, "../app?tab=read")


async def test_below_the_path_of_another_application_both_pages_know_their_root() -> None:
    async with at(Starlette(routes=[Mount("/voice", application())])) as client:
        assert 'id="inzwa-props"' in (await client.get("/voice/")).text
        gradio = await client.get("/voice/app")
        assert '"root":"http://inzwa.test/voice"' in gradio.text
        assert (await client.get(f"/voice/{hashed_files().script}")).status_code == httpx.codes.OK
        assert (await client.get("/voice/service-worker.js")).status_code == httpx.codes.OK


async def test_behind_a_proxy_that_ends_https_gradios_page_stays_at_https() -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "inzwa.example"}
    async with at(application()) as client:
        assert '"root":"https://inzwa.example"' in (await client.get("/app", headers=headers)).text


async def test_a_server_that_asks_for_a_token_shows_the_page_and_tells_nothing_of_it() -> None:
    async with at(application(access_token="a-secret-of-ours")) as client:
        answer = await client.get("/")
        assert answer.status_code == httpx.codes.OK
        assert 'data-part="access"' in answer.text
        assert "a-secret-of-ours" not in answer.text
