"""The page as scripts see it: its named endpoints, and nothing else."""

import json
from pathlib import Path

import httpx

from inzwa.server.app_state import AppState
from inzwa.server.ui.page import build_page
from inzwa.server.ui.strings import page_strings

CONTRACT = Path(__file__).parent / "api_info.json"


def shape(info: dict) -> dict:
    """What a caller depends on: names, arguments, defaults, kinds of answers."""
    return {
        name: {
            "parameters": [
                [each["parameter_name"], each["component"], each["parameter_has_default"]]
                for each in endpoint["parameters"]
            ],
            "returns": [each["component"] for each in endpoint["returns"]],
        }
        for name, endpoint in sorted(info["named_endpoints"].items())
    }


def test_the_named_endpoints_are_those_of_the_contract(http: httpx.Client) -> None:
    info = http.get("/gradio_api/info").json()
    assert shape(info) == json.loads(CONTRACT.read_text())
    assert info["unnamed_endpoints"] == {}


def test_every_named_endpoint_says_what_it_does(http: httpx.Client) -> None:
    for name, endpoint in http.get("/gradio_api/info").json()["named_endpoints"].items():
        assert len(endpoint["description"]) > 20, name


def test_the_page_carries_its_words_in_both_languages(http: httpx.Client) -> None:
    page = http.get("/config").text
    for phrase in (page_strings()["state.idle"], page_strings()["talk.stop"]):
        assert phrase.sn in page
        assert phrase.en in page


async def test_the_page_builds_before_any_engine_is_ready(cold: AppState) -> None:
    assert build_page(cold).title == "Inzwa"


def test_limits_are_the_settings(http: httpx.Client) -> None:
    assert '"chars":40' in http.get("/config").text.replace(" ", "")
