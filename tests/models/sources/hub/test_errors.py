"""Errors of the Hub, and what to do about them."""

import itertools

import pytest

from inzwa.errors import ModelError, ModelUnavailable
from tests.models.hub_model import REPOSITORY, WEIGHTS, HubModel
from tests.models.sources.hub.faults import status


def test_a_gated_repository_says_where_to_accept_its_terms_and_what_to_set(pupil: HubModel) -> None:
    pupil.hub.tokens[REPOSITORY] = "hf_secret"
    with pytest.raises(
        ModelUnavailable, match=rf"gated: accept its terms at {pupil.hub.url}/org/pupil and set HF_TOKEN"
    ):
        pupil.store().fetch("pupil")
    assert pupil.pauses_s == []


def test_a_repository_that_is_not_there_or_private_is_named(pupil: HubModel) -> None:
    pupil.text = pupil.text.replace("org/pupil", "org/nobody")
    with pytest.raises(ModelUnavailable, match=r"org/nobody .* shows no such repository; .* set HF_TOKEN"):
        pupil.store().fetch("pupil")


def test_a_revision_that_is_not_there_is_named(pupil: HubModel) -> None:
    pupil.text = pupil.text.replace('"main"', '"v9"')
    with pytest.raises(ModelUnavailable, match="org/pupil @ v9: the repository has no such commit or branch"):
        pupil.store().fetch("pupil")


def test_a_file_that_is_gone_from_its_commit_is_named(pupil: HubModel) -> None:
    pupil.hub.fail("head", itertools.repeat(status(404, X_Error_Code="EntryNotFound")))
    with pytest.raises(ModelUnavailable, match=r"config\.json: the repository has no such file at this revision"):
        pupil.store().fetch("pupil")


@pytest.mark.parametrize("kind", ["list", "head", "get", "store"])
def test_retry_after_is_waited_for(pupil: HubModel, kind: str) -> None:
    pupil.hub.fail(kind, [status(429, Retry_After="7")])
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    assert pupil.pauses_s == [7.0]


def test_a_retry_after_that_is_too_long_is_an_error_at_once(pupil: HubModel) -> None:
    pupil.hub.fail("list", itertools.repeat(status(429, Retry_After="3600")))
    with pytest.raises(ModelUnavailable, match=r"fewer requests \(429\); wait 3600 s, or set HF_TOKEN"):
        pupil.store().fetch("pupil")
    assert pupil.pauses_s == []
    assert pupil.hub.count("list") == 1


@pytest.mark.parametrize("kind", ["list", "head", "get", "store"])
def test_a_hub_in_trouble_for_a_moment_is_tried_again(pupil: HubModel, kind: str) -> None:
    pupil.hub.fail(kind, [status(503)])
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    assert pupil.pauses_s == [1.0]


def test_a_hub_in_trouble_for_long_is_given_up_with_its_answer(pupil: HubModel) -> None:
    pupil.hub.fail("list", itertools.repeat(status(503)))
    with pytest.raises(ModelUnavailable, match=r"the Hub is in trouble \(503\); try again later"):
        pupil.store().fetch("pupil")
    assert pupil.pauses_s == [1.0, 2.0, 4.0, 8.0]


def test_a_hub_that_cannot_be_reached_is_named(pupil: HubModel) -> None:
    with pytest.raises(ModelUnavailable, match=r"the Hub at http://127\.0\.0\.1:1 cannot be reached for org/pupil"):
        pupil.store({"HF_ENDPOINT": "http://127.0.0.1:1"}).fetch("pupil")


def test_a_login_page_instead_of_a_hub_is_recognised(pupil: HubModel) -> None:
    pupil.hub.fail("list", [lambda answer, _: answer.send(200, b"<html>Please log in</html>")])
    with pytest.raises(ModelUnavailable, match=r"does not answer as a Hub does for org/pupil .*see HF_ENDPOINT"):
        pupil.store().fetch("pupil")


@pytest.mark.parametrize("endpoint", ["nonsense", "ftp://127.0.0.1", "http://"])
def test_an_endpoint_that_is_no_address_is_named_with_its_variable(pupil: HubModel, endpoint: str) -> None:
    with pytest.raises(ModelError, match="HF_ENDPOINT"):
        pupil.store({"HF_ENDPOINT": endpoint}).fetch("pupil")
