"""The published dataset, fetched as it is on the Hub, is loaded by its card."""

from pathlib import Path

import pytest

from inzwa.feedback.publish.push import push
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.store.store import Store
from tests.feedback import sample
from tests.feedback.export.loading import loaded
from tests.feedback.publish.hub import DatasetHub


@pytest.mark.processes
def test_every_table_of_the_dataset_is_loaded_by_its_card(
    store: Store, repository: Repository, hub: DatasetHub, tmp_path: Path
) -> None:
    sample.fill(store, people=3)
    push(store, repository)
    sounds = {path: hub.stored[sha256] for path, sha256 in hub.head.sounds.items()}
    for path, content in (hub.head.files | sounds).items():
        file = tmp_path / "fetched" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    found = loaded(tmp_path / "fetched", "ratings", "judgements", "recordings", "items", "consents")
    assert [len(table["rows"]) for table in found.values()] == [3, 3, 3, 1, 3]
    assert found["recordings"]["kinds"]["created_at"] == "Value('timestamp[us, tz=UTC]')"
    (contributor,) = {row["contributor"] for row in found["recordings"]["rows"][:1]}
    folder = loaded(tmp_path / "fetched" / "data" / "recordings" / contributor, "")
    assert [row["contributor"] for row in folder[""]["rows"]] == [contributor]
