"""Consent, rating, contributing and withdrawing, called as scripts call them, against the real server."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client

from inzwa.feedback.codes import contributor_id, new_code
from tests.browser.microphone import write_wav
from tests.browser.site import Site, open_site
from tests.server.ui.feedback_calls import calling, clip, consent, refusal, talk_once


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("feedback") / "data"
    with open_site(feedback="full", data=data, max_audio_seconds=2, requests_per_minute=10_000) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[Client]:
    with calling(site) as opened:
        yield opened


@pytest.fixture
def conversation(site: Site) -> str:
    """Of one turn, whose socket is closed."""
    return site.portal.call(talk_once, site.url)


def test_the_text_is_given_in_both_languages(client: Client) -> None:
    text = client.predict(api_name="/consent_text")
    assert (text["version"], text["licence"], text["feedback"]) == (1, "CC0-1.0", "full")
    for language in ("sn", "en"):
        assert len(text[language]["paragraphs"]) > 5
        assert text[language]["title"]
        assert text[language]["voice_choice"]


def test_consent_gives_a_code_and_no_voice_that_was_not_asked_for(client: Client) -> None:
    given = client.predict(text=True, api_name="/consent")
    assert (given["text"], given["voice"], given["version"], given["licence"]) == (True, False, 1, "CC0-1.0")
    assert given["contributor"] == contributor_id(given["code"])


def test_a_consent_can_be_described_and_replaced(client: Client) -> None:
    code = consent(client, age_band="30-39", gender="female", variety="ndau", first_language="chiNdau", language="en")
    assert client.predict(code=code, api_name="/mine")["consent"]["variety"] == "ndau"
    assert consent(client, voice=True, adult=True, code=code) == code
    mine = client.predict(code=code, api_name="/mine")["consent"]
    assert (mine["voice"], mine["variety"]) == (True, "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"text": False}, "consent_needed"),
        ({"text": True, "voice": True, "adult": False}, "consent_needed"),
        ({"text": "yes"}, "bad_message"),
        ({"text": True, "gender": "<script>"}, "bad_message"),
        ({"text": True, "language": "xx"}, "bad_message"),
        ({"text": True, "code": "AAAA"}, "consent_needed"),
    ],
)
def test_a_consent_that_cannot_be_is_refused(client: Client, arguments: dict, code: str) -> None:
    assert refusal(client, "/consent", **arguments) == code


def test_a_turn_is_rated_changed_and_taken_back_after_its_socket_closed(client: Client, conversation: str) -> None:
    code = consent(client)
    turn = {"conversation": conversation, "turn": 1, "code": code}
    assert client.predict(**turn, key="1", verdict="up", api_name="/rate") == {"turn": 1, "key": "1"}
    client.predict(**turn, key="2", reasons=["other"], comment="<b>&", api_name="/rate")
    assert client.predict(code=code, api_name="/mine")["counts"]["ratings"] == 1
    client.predict(**turn, key="3", api_name="/rate")
    assert client.predict(code=code, api_name="/mine")["counts"] == {
        "ratings": 0, "turns": 0, "judgements": 0, "recordings": 0, "consents": 1}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"turn": 2}, "unknown_turn"),
        ({"turn": "1"}, "bad_message"),
        ({"turn": True}, "bad_message"),
        ({"conversation": "0" * 32}, "unknown_turn"),
        ({"key": ""}, "bad_message"),
        ({"key": 5}, "bad_message"),
        ({"code": new_code()}, "consent_needed"),
        ({"verdict": "sideways"}, "bad_message"),
        ({"reasons": ["boring"]}, "bad_message"),
        ({"reasons": "other"}, "bad_message"),
        ({"comment": "a" * 100_000}, "text_too_long"),
        ({"comment": {}}, "bad_message"),
    ],
)
def test_a_rating_that_cannot_be_is_refused(client: Client, conversation: str, arguments: dict, code: str) -> None:
    given = {"conversation": conversation, "turn": 1, "code": consent(client), "key": "1", "verdict": "up"}
    assert refusal(client, "/rate", **{**given, **arguments}) == code


def test_a_recording_is_given_listed_and_removed(site: Site, client: Client, conversation: str, tmp_path: Path) -> None:
    code = consent(client, voice=True, adult=True)
    given = {"code": code, "key": "1", "kind": "turn", "conversation": conversation, "turn": 1}
    first = client.predict(audio=clip(tmp_path), text="mhoroi", **given, api_name="/contribute")
    assert client.predict(audio=clip(tmp_path), text="mhoroi", **given, api_name="/contribute") == first
    (listed,) = client.predict(code=code, api_name="/mine")["recordings"]
    assert (listed["recording"], listed["text"], listed["duration_ms"]) == (first["recording"], "mhoroi", 1_000)
    folder = site.app_state.feedback.store.folder / "recordings"
    assert len(list(folder.glob("*.flac"))) == 1
    removed = client.predict(code=code, recording=first["recording"], api_name="/remove_recording")
    again = client.predict(code=code, recording=first["recording"], api_name="/remove_recording")
    assert (removed, again) == ({"removed": True}, {"removed": False})
    assert client.predict(code=code, api_name="/mine")["counts"]["turns"] == 0
    assert list(folder.glob("*")) == []


def test_nobody_removes_the_recording_of_another(client: Client, conversation: str, tmp_path: Path) -> None:
    code, other = (consent(client, voice=True, adult=True) for _ in range(2))
    given = {"code": code, "key": "1", "conversation": conversation, "turn": 1}
    recording = client.predict(audio=clip(tmp_path), **given, api_name="/contribute")["recording"]
    answer = client.predict(code=other, recording=recording, api_name="/remove_recording")
    assert answer == {"removed": False}
    assert client.predict(code=code, api_name="/mine")["counts"]["recordings"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"turn": 9}, "unknown_turn"),
        ({"kind": "reading"}, "unknown_task"),
        ({"kind": "song"}, "bad_message"),
        ({"text": "a" * 2_001}, "text_too_long"),
        ({"seconds": 3}, "audio_too_long"),
        ({"seconds": 0.1}, "bad_audio"),
        ({"choices": {}}, "consent_needed"),
    ],
)
def test_a_recording_that_cannot_be_is_refused(
    site: Site, client: Client, conversation: str, tmp_path: Path, arguments: dict, code: str
) -> None:
    who = consent(client, **arguments.pop("choices", {"voice": True, "adult": True}))
    audio = clip(tmp_path, arguments.pop("seconds", 1.5))
    given = {"audio": audio, "code": who, "key": "1", "conversation": conversation, "turn": 1}
    assert refusal(client, "/contribute", **{**given, **arguments}) == code
    assert client.predict(code=who, api_name="/mine")["counts"]["recordings"] == 0


def test_a_path_on_the_server_is_no_recording(site: Site, conversation: str, tmp_path: Path) -> None:
    canary = write_wav(tmp_path / "canary.wav", np.full(16_000, 0.1, dtype=np.float32), 16_000)
    with httpx.Client(base_url=site.url) as http, calling(site) as client:
        code = consent(client, voice=True, adult=True)
        for file in ({"path": str(canary), "meta": {"_type": "gradio.FileData"}}, {"path": str(canary)}, str(canary)):
            data = [file, code, "1", "turn", "", conversation, 1, ""]
            asked = http.post("/gradio_api/call/contribute", json={"data": data})
            answer = http.get(f"/gradio_api/call/contribute/{asked.json()['event_id']}").text
            assert "event: error" in answer, file
        assert client.predict(code=code, api_name="/mine")["counts"]["recordings"] == 0


def test_withdrawing_deletes_everything_and_ends_the_code(client: Client, conversation: str, tmp_path: Path) -> None:
    code = consent(client, voice=True, adult=True)
    turn = {"conversation": conversation, "turn": 1, "code": code}
    client.predict(**turn, key="1", verdict="down", api_name="/rate")
    client.predict(audio=clip(tmp_path), **turn, key="2", api_name="/contribute")
    answer = client.predict(code=code, api_name="/withdraw")
    assert answer["published"] == "none"
    assert (answer["deleted"]["ratings"], answer["deleted"]["turns"], answer["deleted"]["recordings"]) == (1, 1, 1)
    assert refusal(client, "/rate", **turn, key="3", verdict="up") == "withdrawn"
    assert refusal(client, "/mine", code=code) == "withdrawn"
    assert refusal(client, "/consent", text=True, code=code) == "withdrawn"
    assert set(client.predict(code=code, api_name="/withdraw")["deleted"].values()) == {0}


def test_an_unknown_code_finds_nothing(client: Client) -> None:
    for call in ("/mine", "/withdraw"):
        assert refusal(client, call, code=new_code()) == "consent_needed"
        assert refusal(client, call, code="") == "consent_needed"


def test_errors_carry_their_code_for_programs(site: Site) -> None:
    with httpx.Client(base_url=site.url) as http:
        asked = http.post("/gradio_api/call/mine", json={"data": ["nobody"]})
        answer = http.get(f"/gradio_api/call/mine/{asked.json()['event_id']}").text
    data = next(line for line in answer.splitlines() if line.startswith("data: "))
    assert json.loads(data.removeprefix("data: "))["title"] == "consent_needed"
