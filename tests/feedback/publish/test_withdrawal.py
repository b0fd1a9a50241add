"""Withdrawing deletes what was published, its history and its sound files on the Hub's storage."""

from functools import partial

import pytest

from inzwa.feedback.codes import contributor_id
from inzwa.feedback.publish.push import pending, push
from inzwa.feedback.publish.repository import DELETION, Repository
from inzwa.feedback.store.store import Store
from inzwa.feedback.withdrawal import withdraw
from tests.feedback import sample
from tests.feedback.publish.hub import DatasetHub
from tests.feedback.publish.hub_faults import drops, status


def leave(store: Store, code: str) -> str:
    """Withdraw; the contributor's id."""
    store.write_now(partial(withdraw, contributor=contributor_id(code)))
    return contributor_id(code)


def test_one_commit_deletes_every_file_of_theirs_and_leaves_that_they_withdrew(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    codes = sample.fill(store, people=2)
    push(store, repository)
    before, gone = hub.paths, leave(store, codes[0])
    hub.fail("squash", status(403))  # so that the commit is still there to be looked at
    pushed = push(store, repository)
    assert hub.head.title == DELETION
    assert before - hub.paths == {path for path in before if gone in path}
    assert (pushed.deleted, pushed.forgotten) == (5, False)
    assert [path for path in hub.paths if gone in path] == [f"data/withdrawn/{gone}.jsonl"]


def test_nothing_of_theirs_is_left_anywhere_on_the_hub(store: Store, repository: Repository, hub: DatasetHub) -> None:
    codes = sample.fill(store, people=2)
    sound = sample.add_recording(store, codes[0], seed=50)
    push(store, repository)
    sample.add_rating(store, codes[0], number=3, comment="Chakavanzika")
    push(store, repository)
    assert b"Chakavanzika" in hub.everything()
    assert sound in hub.stored
    leave(store, codes[0])
    assert push(store, repository).forgotten
    assert b"Chakavanzika" not in hub.everything()
    assert len(hub.commits) == 1
    assert sound not in hub.stored
    assert set(hub.stored) == set(hub.head.sounds.values())


def test_what_others_gave_stays(store: Store, repository: Repository, hub: DatasetHub) -> None:
    codes = sample.fill(store, people=2)
    push(store, repository)
    theirs = {path: text for path, text in hub.head.files.items() if contributor_id(codes[1]) in path}
    leave(store, codes[0])
    push(store, repository)
    assert {path: hub.head.files[path] for path in theirs} == theirs
    assert sum(contributor_id(codes[1]) in path for path in hub.head.sounds) == 1


@pytest.mark.parametrize("kind", ["squash", "lfs_files", "lfs_delete", "commits"])
def test_a_history_that_could_not_be_rewritten_is_rewritten_by_the_next_push(
    store: Store, repository: Repository, hub: DatasetHub, kind: str
) -> None:
    codes = sample.fill(store, people=2)
    push(store, repository)
    leave(store, codes[0])
    hub.fail(kind, status(403))
    assert not push(store, repository).forgotten
    push(store, repository)
    assert (len(hub.commits), len(hub.stored)) == (1, 3)


def test_a_connection_that_drops_while_history_is_rewritten_changes_nothing(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    codes = sample.fill(store, people=2)
    push(store, repository)
    leave(store, codes[0])
    hub.fail("squash", drops)
    hub.fail("lfs_delete", drops)
    assert push(store, repository).forgotten
    assert (len(hub.commits), len(hub.stored)) == (1, 3)
    assert not store.read_now(pending)


def test_a_history_in_which_nothing_was_deleted_is_left_alone(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    codes = sample.fill(store, people=1)
    push(store, repository)
    sample.add_rating(store, codes[0], number=2)
    push(store, repository)
    assert (hub.count("squash"), len(hub.commits)) == (0, 3)


def test_who_withdraws_before_the_first_push_is_published_as_withdrawn_only(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    (code,) = sample.fill(store, people=1)
    gone = leave(store, code)
    push(store, repository)
    assert [path for path in hub.paths if gone in path] == [f"data/withdrawn/{gone}.jsonl"]
