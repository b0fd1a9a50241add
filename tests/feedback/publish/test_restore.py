"""A dataset read back into an empty store: the same rows, the same bytes; never over what is newer."""

from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inzwa.errors import FeedbackError, Withdrawn
from inzwa.feedback.codes import contributor_id
from inzwa.feedback.consents import give_consent, require
from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.rows import ContributorData, contributor_ids, read_contributor, read_shared_items
from inzwa.feedback.export.tables import AnyRow
from inzwa.feedback.publish.push import pending, push
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.publish.restore import Restored, restore
from inzwa.feedback.recordings import sound_path
from inzwa.feedback.store.schema import ContributorRow, RatingRow, RecordingRow, TaskRow, TurnRow
from inzwa.feedback.store.store import Store
from inzwa.feedback.withdrawal import withdraw
from tests.feedback import sample
from tests.feedback.publish.hub import DatasetHub
from tests.feedback.publish.hub_faults import drops, status
from tests.feedback.publish.hub_request import Request


def everything(session: Session) -> list[ContributorData]:
    people = [read_contributor(session, name, PersonalDetails()) for name in contributor_ids(session)]
    return [*people, read_shared_items(session)]


def tables(store: Store) -> list[dict[str, tuple[AnyRow, ...]]]:
    """All rows as they are published, without the counters of changes."""
    return [one.tables for one in store.read_now(everything)]


def test_an_emptied_store_gets_equal_rows_and_equal_recordings(
    store: Store, other: Store, repository: Repository
) -> None:
    sample.fill(store, people=3)
    push(store, repository)
    assert restore(other, repository) == Restored(contributors=3, sounds=5)
    assert tables(other) == tables(store)
    for folder in ("recordings", "clips"):
        for file in (store.folder / folder).iterdir():
            assert (other.folder / folder / file.name).read_bytes() == file.read_bytes()


def test_rows_in_the_database_are_the_same_but_for_personal_details(
    store: Store, other: Store, repository: Repository
) -> None:
    sample.fill(store, people=2)
    push(store, repository)
    restore(other, repository)

    def rows(session: Session) -> list[dict[str, object]]:
        found = [row for table in (TurnRow, RatingRow, RecordingRow, TaskRow) for row in session.scalars(select(table))]
        return sorted(
            (
                {name: value for name, value in vars(row).items() if name not in ("_sa_instance_state", "comment")}
                for row in found
            ),
            key=repr,
        )

    assert other.read_now(rows) == store.read_now(rows)
    comments = other.read_now(lambda session: session.scalars(select(RatingRow.comment)).all())
    assert set(comments) == {"Ndifonere pa[phone number] kana [e-mail address], nezve 26-11-2026"}


def test_after_restoring_there_is_nothing_to_push(
    store: Store, other: Store, repository: Repository, hub: DatasetHub
) -> None:
    sample.fill(store, people=2)
    push(store, repository)
    restore(other, repository)
    assert not other.read_now(pending)
    before = len(hub.commits)
    pushed = push(other, repository)
    assert (pushed.written, pushed.deleted, len(hub.commits)) == (0, 0, before)


def test_restoring_twice_changes_nothing(store: Store, other: Store, repository: Repository) -> None:
    sample.fill(store, people=2)
    push(store, repository)
    restore(other, repository)
    before = tables(other)
    assert restore(other, repository) == Restored(contributors=0, sounds=0)
    assert tables(other) == before


def test_a_dataset_that_does_not_exist_restores_nothing(other: Store, repository: Repository) -> None:
    assert restore(other, repository) == Restored(contributors=0, sounds=0)


@pytest.mark.parametrize("request_number", range(12))
def test_a_restore_that_is_cut_off_anywhere_is_finished_by_the_next(
    store: Store, other: Store, repository: Repository, hub: DatasetHub, request_number: int
) -> None:
    sample.fill(store, people=2)
    push(store, repository)
    passed = iter(range(request_number))

    def refuses_after(hub: DatasetHub, request: Request) -> bool:
        return next(passed, None) is None and status(403)(hub, request)

    hub.fail("resolve", *[refuses_after] * (request_number + 1))
    with pytest.raises(FeedbackError):
        restore(other, repository)
    restore(other, repository)
    assert tables(other) == tables(store)


def test_drops_on_the_way_are_tried_again(store: Store, other: Store, repository: Repository, hub: DatasetHub) -> None:
    sample.fill(store, people=1)
    push(store, repository)
    hub.fail("resolve", drops, drops)
    hub.fail("stored", drops)
    restore(other, repository)
    assert tables(other) == tables(store)


def test_bytes_other_than_the_hub_names_are_refused_and_not_kept(
    store: Store, other: Store, repository: Repository, hub: DatasetHub
) -> None:
    (code,) = sample.fill(store, people=1)
    sample.add_recording(store, code, seed=33)
    push(store, repository)

    def lies(hub: DatasetHub, request: Request) -> bool:
        sha256 = request.path.rpartition("/")[2]
        request.send(200, bytes(byte ^ 1 for byte in hub.stored[sha256]))
        return True

    hub.fail("stored", *[lies] * 9)
    with pytest.raises(FeedbackError, match="not those that the Hub names"):
        restore(other, repository)
    assert not any(path.is_file() for path in other.folder.rglob("*.flac"))


def test_who_withdrew_does_not_come_back_and_their_code_stays_refused(
    store: Store, other: Store, repository: Repository
) -> None:
    codes = sample.fill(store, people=2)
    push(store, repository)
    store.write_now(partial(withdraw, contributor=contributor_id(codes[0])))
    push(store, repository)
    restore(other, repository)
    assert tables(other) == tables(store)
    with pytest.raises(Withdrawn):
        other.read_now(partial(require, contributor=contributor_id(codes[0])))


def test_who_withdrew_here_does_not_come_back_from_a_dataset_that_does_not_know_it_yet(
    store: Store, repository: Repository
) -> None:
    (code,) = sample.fill(store, people=1)
    push(store, repository)
    store.write_now(partial(withdraw, contributor=contributor_id(code)))
    before = tables(store)
    restore(store, repository)
    assert tables(store) == before


def test_what_was_given_before_the_store_could_be_restored_is_kept_beside_what_comes(
    store: Store, other: Store, repository: Repository, hub: DatasetHub
) -> None:
    (code,) = sample.fill(store, people=1)
    push(store, repository)
    other.write_now(lambda session: give_consent(session, sample.consent(), code))
    sample.add_rating(other, code, number=5, comment="Itsva")
    push(other, repository)
    (one,) = [tables for tables in tables(other) if "ratings" in tables]
    assert len(one["ratings"]) == 2
    assert hub.head.files[f"data/ratings/{contributor_id(code)}.jsonl"].count(b"\n") == 2
    assert not other.read_now(pending)


def test_a_newer_rating_stays_as_it_is(store: Store, other: Store, repository: Repository) -> None:
    code = sample.contributor(store)
    sample.add_rating(store, code, verdict="up")
    push(store, repository)
    other.write_now(lambda session: give_consent(session, sample.consent(), code))
    sample.add_rating(other, code, verdict="down")
    restore(other, repository)
    assert other.read_now(lambda session: session.scalars(select(RatingRow.verdict)).all()) == ["down"]


def test_files_that_a_disk_has_lost_come_back_though_the_rows_are_there(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    (code,) = sample.fill(store, people=1)
    push(store, repository)
    (sha256,) = store.read_now(lambda session: session.scalars(select(RecordingRow.sha256)).all())
    sound_path(store.folder, sha256).unlink()
    before = hub.paths
    push(store, repository)
    assert hub.paths == before
    assert sound_path(store.folder, sha256).read_bytes() == hub.stored[sha256]
    assert store.read_now(lambda session: session.get_one(ContributorRow, contributor_id(code)).pushed_changes) > 0


def test_a_row_of_somebody_else_in_a_contributors_file_is_refused(
    store: Store, other: Store, repository: Repository, hub: DatasetHub
) -> None:
    one, two = map(contributor_id, sample.fill(store, people=2))
    push(store, repository)
    files = dict(hub.head.files)
    files[f"data/ratings/{one}.jsonl"] = files[f"data/ratings/{two}.jsonl"]
    hub.add("forged", files, hub.head.sounds)
    with pytest.raises(FeedbackError, match="another contributor"):
        restore(other, repository)
