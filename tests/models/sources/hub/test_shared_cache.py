"""What huggingface_hub fetched before is used from its own cache, once its bytes were verified."""

import json
from pathlib import Path

import pytest

from inzwa.errors import ModelUnavailable
from tests.models.hub_model import CONFIG, REPOSITORY, WEIGHTS, HubModel
from tests.models.sources.hub.hub_server import digest, git_oid


def into_hub_cache(pupil: HubModel, commit: str, weights: bytes = WEIGHTS) -> Path:
    """The model as huggingface_hub leaves it in its own cache; the folder of blobs."""
    folder = pupil.folder / "hf" / "models--org--pupil"
    for name in ("blobs", "refs", f"snapshots/{commit}"):
        (folder / name).mkdir(parents=True)
    (folder / "refs" / "main").write_text(commit)
    for name, content, blob in (
        ("model.gguf", weights, digest(WEIGHTS).sha256),
        ("config.json", CONFIG, git_oid(CONFIG)),
    ):
        (folder / "blobs" / blob).write_bytes(content)
        (folder / "snapshots" / commit / name).symlink_to(Path("../../blobs") / blob)
    return folder / "blobs"


def test_a_file_in_the_hubs_own_cache_is_used_after_its_hash_matched(pupil: HubModel) -> None:
    into_hub_cache(pupil, pupil.hub.branches[REPOSITORY, "main"])
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    assert pupil.hub.count("store") == 0


def test_a_damaged_file_in_the_hubs_own_cache_is_left_alone_and_fetched_anew(pupil: HubModel) -> None:
    blobs = into_hub_cache(pupil, pupil.hub.branches[REPOSITORY, "main"], weights=WEIGHTS[:-1] + b"!")
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    assert (blobs / digest(WEIGHTS).sha256).read_bytes()[-1:] == b"!"


def test_offline_the_hubs_own_cache_is_enough_for_a_first_pull(pupil: HubModel) -> None:
    into_hub_cache(pupil, pupil.hub.branches[REPOSITORY, "main"])
    model = pupil.store({"HF_HUB_OFFLINE": "1"}).fetch("pupil")
    assert model.path("model.gguf").read_bytes() == WEIGHTS
    assert json.loads((pupil.cache / "models.lock").read_text())["pupil"]["facts"] == {
        "commit": pupil.hub.branches[REPOSITORY, "main"]
    }
    assert pupil.hub.asked == []


def test_offline_and_without_the_files_no_request_is_made_and_the_remedy_is_named(pupil: HubModel) -> None:
    with pytest.raises(ModelUnavailable, match="HF_HUB_OFFLINE forbids to fetch it: unset it"):
        pupil.store({"HF_HUB_OFFLINE": "1"}).fetch("pupil")
    assert pupil.hub.asked == []


def test_a_copy_is_made_of_the_hubs_cache_only_in_name(pupil: HubModel) -> None:
    blobs = into_hub_cache(pupil, pupil.hub.branches[REPOSITORY, "main"])
    path = pupil.store().fetch("pupil").path("model.gguf")
    assert path.samefile(blobs / digest(WEIGHTS).sha256)
