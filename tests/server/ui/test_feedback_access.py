"""Feedback behind an access token, switched off, and without recordings."""

from pathlib import Path

from tests.browser.site import open_site
from tests.server.ui.feedback_calls import calling, clip, consent, refusal

CALLS = {
    "/consent_text": {},
    "/consent": {"text": True},
    "/rate": {"conversation": "0" * 32, "turn": 1, "code": "", "key": "1"},
    "/contribute": {"audio": None, "code": "", "key": "1"},
    "/remove_recording": {"code": "", "recording": ""},
    "/mine": {"code": ""},
    "/withdraw": {"code": ""},
}


def test_where_a_token_is_set_there_is_no_way_in_without_it(tmp_path: Path) -> None:
    with open_site(access_token="svosve", feedback="full", data=tmp_path / "data") as site:
        for token in ("", "svosv"):
            with calling(site, token) as client:
                for call, arguments in CALLS.items():
                    assert refusal(client, call, **arguments) == "unauthorized", call
        assert not (tmp_path / "data").exists()
        with calling(site, "svosve") as client:
            assert consent(client)


def test_where_feedback_is_off_nothing_is_taken_and_nothing_made(tmp_path: Path) -> None:
    with open_site(feedback="off", data=tmp_path / "data") as site, calling(site) as client:
        assert client.predict(api_name="/consent_text")["feedback"] == "off"
        for call in set(CALLS) - {"/consent_text"}:
            assert refusal(client, call, **CALLS[call]) == "feedback_off", call
    assert not (tmp_path / "data").exists()


def test_where_only_ratings_are_kept_no_recording_and_no_voice_is_taken(tmp_path: Path) -> None:
    with open_site(data=tmp_path / "data") as site, calling(site) as client:
        code = consent(client)
        assert refusal(client, "/consent", text=True, voice=True, adult=True) == "feedback_off"
        given = {"audio": clip(tmp_path), "code": code, "key": "1"}
        assert refusal(client, "/contribute", **given) == "feedback_off"
        assert not (tmp_path / "data" / "recordings").exists()
