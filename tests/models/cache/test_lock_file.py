"""models.lock: what the first pull found is fetched ever after, until an update."""

import json

import pytest

from inzwa.errors import ModelCorrupt
from tests.models.hub_model import CONFIG, FILES, OPEN, REPOSITORY, WEIGHTS, HubModel
from tests.models.sources.hub.hub_server import digest


def lock_of(pupil: HubModel) -> dict:
    return json.loads((pupil.cache / "models.lock").read_text())["pupil"]


def test_a_first_pull_writes_commit_sizes_and_hashes_into_the_lock(pupil: HubModel) -> None:
    pupil.store().fetch("pupil")
    lock = lock_of(pupil)
    assert lock["facts"] == {"commit": pupil.hub.branches[REPOSITORY, "main"]}
    assert lock["files"]["model.gguf"] == {"size": len(WEIGHTS), "sha256": digest(WEIGHTS).sha256}
    assert lock["files"]["config.json"] == {"size": len(CONFIG), "sha256": digest(CONFIG).sha256}


def test_what_was_locked_is_fetched_again_though_the_branch_has_moved(pupil: HubModel) -> None:
    store = pupil.store()
    store.fetch("pupil")
    pupil.hub.push(REPOSITORY, {**FILES, "model.gguf": WEIGHTS[::-1]})
    store.remove("pupil")
    assert store.fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS


def test_a_changed_file_is_refused_when_the_locked_commit_is_gone_and_taken_by_update(pupil: HubModel) -> None:
    store = pupil.store()
    store.fetch("pupil")
    old = pupil.hub.branches[REPOSITORY, "main"]
    pupil.hub.push(REPOSITORY, {**FILES, "model.gguf": WEIGHTS[::-1]})
    del pupil.hub.commits[REPOSITORY, old]
    store.remove("pupil")
    with pytest.raises(ModelCorrupt, match=r"model\.gguf: expected .*, found .*models update pupil") as error:
        store.fetch("pupil")
    assert digest(WEIGHTS).sha256 in error.value.message
    assert digest(WEIGHTS[::-1]).sha256 in error.value.message
    assert store.find("pupil") is None
    assert store.update("pupil").path("model.gguf").read_bytes() == WEIGHTS[::-1]
    assert store.find("pupil") is not None


def test_an_unchanged_file_is_taken_from_the_branch_when_the_locked_commit_is_gone(pupil: HubModel) -> None:
    store = pupil.store()
    store.fetch("pupil")
    old = pupil.hub.branches[REPOSITORY, "main"]
    pupil.hub.push(REPOSITORY, {**FILES, "README.md": b"# rewritten"})
    del pupil.hub.commits[REPOSITORY, old]
    store.remove("pupil")
    assert store.fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS


def test_a_lock_that_somebody_changed_is_refused_with_both_hashes(pupil: HubModel) -> None:
    store = pupil.store()
    store.fetch("pupil")
    lock = pupil.cache / "models.lock"
    lock.write_text(lock.read_text().replace(digest(WEIGHTS).sha256, "ab" * 32))
    with pytest.raises(ModelCorrupt, match=r"model\.gguf.*expected .* sha256 abab.*, found") as error:
        store.fetch("pupil")
    assert digest(WEIGHTS).sha256 in error.value.message
    assert store.find("pupil") is None


def test_a_lock_that_contradicts_the_catalogue_is_refused_before_anything_is_fetched(pupil: HubModel) -> None:
    pupil.store().fetch("pupil")
    pupil.hub.asked.clear()
    pupil.text = OPEN + f'[pupil.files."config.json"]\nsize = 5\nsha256 = "{"cd" * 32}"\n'
    with pytest.raises(ModelCorrupt, match=r"pupil config\.json: expected 5 bytes .* found 13 bytes .* models\.lock"):
        pupil.store().fetch("pupil")
    assert pupil.store().state("pupil") == "refused"
    assert pupil.hub.asked == []


def locked(**changes: object) -> str:
    """A lock that pins `pupil` to one file, changed."""
    file = {"size": 1, "sha256": "ab" * 32}
    line = {"place": "hub org/pupil@main", "facts": {"commit": "cd" * 20}, "files": {"model.gguf": file}}
    return json.dumps({"pupil": {**line, **changes}})


def described(name: str = "model.gguf", size: object = 1, sha256: object = "ab" * 32) -> dict[str, object]:
    return {name: {"size": size, "sha256": sha256}}


@pytest.mark.parametrize(
    "tampered",
    [
        locked(files=described("../../planted")),
        locked(files=described("/etc/planted")),
        locked(files=described(".proven.json")),
        locked(files=described(sha256="../../planted")),
        locked(files=described(sha256=7)),
        locked(files=described(size="1")),
        locked(files=described(size=-1)),
        locked(facts={}),
        "[" * 200_000,
    ],
)
def test_a_lock_that_leads_elsewhere_or_lacks_something_is_refused_and_nothing_is_fetched(
    pupil: HubModel, tampered: str
) -> None:
    pupil.cache.mkdir()
    (pupil.cache / "models.lock").write_text(tampered)
    with pytest.raises(ModelCorrupt, match=r"models\.lock: expected the pins .*delete it"):
        pupil.store().fetch("pupil")
    assert pupil.hub.asked == []
    assert pupil.store().state("pupil") == "refused"


@pytest.mark.parametrize("spoilt", ["", "[]", "{", '{"pupil": 3}', '{"pupil": {"place": "x", "facts": {}}}'])
def test_a_lock_that_cannot_be_read_is_named_with_the_remedy(pupil: HubModel, spoilt: str) -> None:
    pupil.cache.mkdir()
    (pupil.cache / "models.lock").write_text(spoilt)
    with pytest.raises(ModelCorrupt, match=r"models\.lock: expected the pins .*delete it"):
        pupil.store().fetch("pupil")


def test_files_that_the_catalogue_describes_wholly_need_no_listing_and_no_lock(pupil: HubModel) -> None:
    commit = pupil.hub.branches[REPOSITORY, "main"]
    pupil.text = OPEN.split("[[")[0] + (
        f'[pupil.files."w.gguf"]\nsize = {len(WEIGHTS)}\nsha256 = "{digest(WEIGHTS).sha256}"\n'
        f'[[pupil.sources]]\nkind = "hub"\nrepository = "org/pupil"\nrevision = "{commit}"\n'
        '[pupil.sources.gives]\n"w.gguf" = "model.gguf"\n'
    )
    assert pupil.store().fetch("pupil").path("w.gguf").read_bytes() == WEIGHTS
    assert pupil.hub.count("list") == 0
    assert not (pupil.cache / "models.lock").exists()
