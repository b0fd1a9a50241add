"""A push: private, what changed and nothing else, in one commit."""

import pytest

from inzwa.errors import FeedbackError
from inzwa.feedback.codes import contributor_id
from inzwa.feedback.publish.layout import CARD, place
from inzwa.feedback.publish.push import pending, push
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.recordings import sound_path
from inzwa.feedback.store.store import Store
from tests.feedback import sample
from tests.feedback.publish.hub import DatasetHub


def test_a_dataset_that_does_not_exist_is_made_private(store: Store, repository: Repository, hub: DatasetHub) -> None:
    sample.fill(store, people=1)
    push(store, repository)
    (asked,) = [body for kind, body in hub.asked if kind == "create"]
    assert asked == {"name": "given", "organization": "org", "type": "dataset", "visibility": "private"}
    assert hub.visibility == "private"


def test_everybody_has_a_file_in_each_table_and_a_folder_of_recordings(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    codes = sample.fill(store, people=2)
    pushed = push(store, repository)
    expected = {CARD, "data/items/items.jsonl"}
    for code in codes:
        one = contributor_id(code)
        expected |= {f"data/{table}/{one}.jsonl" for table in ("ratings", "judgements", "consents")}
        expected |= {path for path in hub.paths if path.startswith(f"data/recordings/{one}/")}
    clips = {path for path in hub.paths if path.startswith("data/clips/")}
    assert hub.paths == expected | clips
    assert (len(clips), sum(path.endswith(".flac") for path in hub.paths), pushed.written) == (2, 4, len(hub.paths))
    for path, sha256 in hub.head.sounds.items():
        found = place(path)
        assert found is not None
        assert found.sha256 == sha256
    assert len(hub.commits) == 2
    assert not store.read_now(pending)


def test_pushing_again_sends_nothing_and_commits_nothing(store: Store, repository: Repository, hub: DatasetHub) -> None:
    sample.fill(store, people=2)
    push(store, repository)
    before = hub.count("commit"), hub.count("put")
    pushed = push(store, repository)
    assert (pushed.written, pushed.deleted) == (0, 0)
    assert (hub.count("commit"), hub.count("put")) == before


def test_only_the_files_of_who_changed_something_are_written(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    codes = sample.fill(store, people=3)
    push(store, repository)
    before = hub.head.files
    sample.add_rating(store, codes[1], number=2, comment="Zvakanaka")
    assert store.read_now(pending)
    push(store, repository)
    changed = {path for path, text in hub.head.files.items() if before.get(path) != text}
    mine = f"data/ratings/{contributor_id(codes[1])}.jsonl"
    assert changed == {mine, CARD}
    assert hub.head.files[mine].count(b"\n") == 2


def test_what_changes_while_a_push_is_under_way_is_pushed_by_the_next(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    (code,) = sample.fill(store, people=1)

    def rates_meanwhile(hub: DatasetHub, request: object) -> bool:
        sample.add_rating(store, code, number=2)
        return False

    hub.fail("commit", rates_meanwhile)
    push(store, repository)
    assert store.read_now(pending)
    push(store, repository)
    assert hub.head.files[f"data/ratings/{contributor_id(code)}.jsonl"].count(b"\n") == 2
    assert not store.read_now(pending)


def test_a_public_dataset_is_refused_and_nothing_is_sent(store: Store, repository: Repository, hub: DatasetHub) -> None:
    sample.fill(store, people=1)
    hub.create("public")
    with pytest.raises(FeedbackError, match="is public"):
        push(store, repository)
    assert {kind for kind, _ in hub.asked} == {"info"}
    assert hub.stored == {}


def test_a_public_dataset_that_is_wanted_has_no_rare_self_descriptions(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    sample.fill(store)
    hub.create("public")
    push(store, repository, public=True)
    assert hub.everything().count(b'"age_band":"30-39"') == 5
    assert b'"age_band":"70+"' not in hub.everything()


def test_personal_details_and_withdrawal_codes_never_reach_the_hub(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    codes = sample.fill(store, people=2)
    push(store, repository)
    sent = hub.everything()
    for secret in (sample.PHONE, sample.MAIL, *codes, *(code.replace("-", "") for code in codes)):
        assert secret.encode() not in sent


def test_a_recording_without_its_file_is_left_out(store: Store, repository: Repository, hub: DatasetHub) -> None:
    (code,) = sample.fill(store, people=1)
    sound_path(store.folder, sample.add_recording(store, code, seed=9)).unlink()
    push(store, repository)
    assert hub.head.files[f"data/recordings/{contributor_id(code)}/metadata.jsonl"].count(b"\n") == 1


def test_a_file_of_nobody_known_here_and_one_of_the_owners_own_stay(
    store: Store, repository: Repository, hub: DatasetHub
) -> None:
    sample.fill(store, people=1)
    push(store, repository)
    hub.add("notes", {**hub.head.files, "NOTES.md": b"mine"}, hub.head.sounds)
    sample.contributor(store)
    push(store, repository)
    assert hub.head.files["NOTES.md"] == b"mine"
