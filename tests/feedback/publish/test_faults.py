"""A Hub in trouble: no row twice, none missing, and a word on what to do."""

from collections.abc import Sequence

import pytest

from inzwa.errors import FeedbackError
from inzwa.feedback.publish.errors import HubBusy
from inzwa.feedback.publish.push import pending, push
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.store.store import Store
from inzwa.models.sources.hub.client import Hub
from tests.feedback import sample
from tests.feedback.publish.hub import DATASET, DatasetHub, Fault
from tests.feedback.publish.hub_faults import (
    commits_without_an_answer,
    drops,
    somebody_commits_first,
    status,
)


def lines(hub: DatasetHub) -> list[bytes]:
    """Every row of every table, in order."""
    return sorted(line for path, text in hub.head.files.items() if path.endswith("l") for line in text.splitlines())


def expected(store: Store) -> tuple[list[bytes], int]:
    """The rows and the number of sounds that a push without a fault gives, elsewhere."""
    from tests.feedback.publish.hub import TOKEN
    from tests.feedback.publish.hub_server import serving

    with serving() as untroubled:
        push(store, Repository(DATASET, Hub(untroubled.url, TOKEN)))
        return lines(untroubled), len(untroubled.head.sounds)


@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        ("info", [drops]),
        ("info", [status(503), status(429, Retry_After="7")]),
        ("create", [drops]),
        ("create", [status(500)]),
        ("preupload", [drops]),
        ("batch", [status(502)]),
        ("put", [drops]),
        ("verify", [status(503)]),
        ("commit", [drops]),
        ("commit", [commits_without_an_answer]),
        ("commit", [somebody_commits_first, somebody_commits_first]),
        ("commit", [status(429, Retry_After="3"), drops, commits_without_an_answer]),
        ("commits", [drops]),
    ],
)
def test_a_push_goes_on_where_it_was_and_no_row_is_there_twice_or_missing(
    store: Store, repository: Repository, hub: DatasetHub, kind: str, faults: Sequence[Fault]
) -> None:
    sample.fill(store, people=2)
    hub.fail(kind, *faults)
    push(store, repository)
    found = lines(hub), len(hub.head.sounds)
    assert found == expected(store)
    assert not store.read_now(pending)


def test_a_pause_that_the_hub_asks_for_is_made(
    store: Store, repository: Repository, hub: DatasetHub, pauses: list[float]
) -> None:
    sample.fill(store, people=1)
    hub.fail("info", status(429, Retry_After="7"), status(503))
    push(store, repository)
    assert pauses[:2] == [7, 2]


def test_a_pause_that_is_too_long_ends_the_push_and_is_told(
    store: Store, repository: Repository, hub: DatasetHub, pauses: list[float]
) -> None:
    hub.fail("info", status(429, Retry_After="3600"))
    with pytest.raises(HubBusy) as refused:
        push(store, repository)
    assert (refused.value.retry_after_s, pauses) == (3600, [])


def test_a_commit_that_is_refused_leaves_all_to_be_pushed_again(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    sample.fill(store, people=1)
    hub.fail("commit", status(403))
    with pytest.raises(FeedbackError, match="HF_TOKEN"):
        push(store, repository)
    assert store.read_now(pending)
    assert hub.paths == set()
    sent = hub.count("put")
    push(store, repository)
    assert (hub.count("put"), lines(hub)) == (sent, expected(store)[0])


def test_a_wrong_token_is_told_with_the_remedy_and_never_shown(store: Store, hub: DatasetHub) -> None:
    sample.fill(store, people=1)
    with pytest.raises(FeedbackError, match=r"\(401\): .*HF_TOKEN") as refused:
        push(store, Repository(DATASET, Hub(hub.url, "hf_wrong")))
    assert "hf_wrong" not in refused.value.message
    assert hub.stored == {}


def test_no_hub_at_all_is_told_with_its_address(store: Store, pauses: list[float]) -> None:
    with pytest.raises(HubBusy, match=r"http://127.0.0.1:9 cannot be reached"):
        push(store, Repository(DATASET, Hub("http://127.0.0.1:9", "t"), pauses.append))
    assert pauses == [1, 2, 4, 8]


def test_offline_mode_is_respected(store: Store, hub: DatasetHub) -> None:
    with pytest.raises(FeedbackError, match="HF_HUB_OFFLINE"):
        push(store, Repository(DATASET, Hub(hub.url, "t", offline=True)))
    assert hub.asked == []
