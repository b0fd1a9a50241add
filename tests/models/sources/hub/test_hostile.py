"""A Hub that means harm: names that lead elsewhere, hashes that are paths, endless answers, redirects inwards."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inzwa.errors import CatalogueError, ModelCorrupt, ModelUnavailable, NotConvertible
from inzwa.models.catalogue import parse_catalogue
from inzwa.models.convert.checkpoint import MOST_JSON_BYTES, Checkpoint
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import silent
from inzwa.models.sources.hub.client import MAX_LISTING_BYTES
from inzwa.protocols import FileInfo
from tests.models.hub_model import CONFIG, OPEN, REPOSITORY, WEIGHTS, HubModel
from tests.models.sources.hub.hub_server import Answer, Fault, digest


def listing(pupil: HubModel, change: Callable[[dict[str, Any]], object]) -> Fault:
    """The right listing, changed."""
    commit = pupil.hub.branches[REPOSITORY, "main"]
    weights = {"size": len(WEIGHTS), "sha256": digest(WEIGHTS).sha256, "pointerSize": 1}
    said: dict[str, Any] = {
        "id": REPOSITORY,
        "sha": commit,
        "siblings": [
            {"rfilename": "model.gguf", "size": len(WEIGHTS), "blobId": "ab" * 20, "lfs": weights},
            {"rfilename": "config.json", "size": len(CONFIG), "blobId": "cd" * 20},
        ],
    }
    change(said)
    return lambda answer, _: answer.send(200, json.dumps(said).encode(), Content_Type="application/json")


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["siblings"][0]["lfs"].update(sha256="../../../planted"),
        lambda said: said["siblings"][0]["lfs"].update(sha256="/tmp/planted"),
        lambda said: said["siblings"][0]["lfs"].update(sha256="AB" * 32),
        lambda said: said["siblings"][0]["lfs"].update(size=-1),
        lambda said: said["siblings"][1].update(blobId="../../planted"),
        lambda said: said["siblings"][1].update(blobId=None),
        lambda said: said.update(sha="../../../../etc"),
        lambda said: said.update(sha=None),
    ],
    ids=["lfs path", "lfs root", "lfs case", "size", "oid path", "no oid", "commit path", "no commit"],
)
def test_what_is_no_hash_is_refused_before_a_file_is_named_after_it(
    pupil: HubModel, change: Callable[[dict[str, Any]], object]
) -> None:
    pupil.hub.fail("list", [listing(pupil, change)] * 5)
    with pytest.raises(ModelUnavailable, match="does not answer as a Hub does"):
        pupil.store().fetch("pupil")
    assert not [name for name in everything(pupil.folder) if "planted" in name or ".part" in name]
    assert pupil.hub.count("store") == 0


@pytest.mark.parametrize(
    "name", ["../model.gguf", "/etc/model.gguf", "a\\..\\model.gguf", ".model.gguf", "\x1b[2Jm.gguf"]
)
def test_a_file_whose_name_leads_elsewhere_is_passed_over(pupil: HubModel, name: str) -> None:
    pupil.text = OPEN.replace('"*.gguf", ', "").replace('"vocab.json"', '"*.gguf", "*/*.gguf"')
    pupil.hub.fail("list", [listing(pupil, lambda said: said["siblings"][0].update(rfilename=name))])
    with pytest.raises(ModelCorrupt, match=r"config\.json"):  # whose git name the changed listing does not know
        pupil.store().fetch("pupil")
    assert pupil.hub.count("store") == 0


def test_a_listing_without_end_is_cut(pupil: HubModel) -> None:
    def endless(answer: Answer, _: bytes) -> None:
        answer.begin(200, 1 << 40, Content_Type="application/json")
        try:
            while not answer.hub.closing.is_set():
                answer.wfile.write(b" " * (1 << 20))
        except ConnectionError:
            return

    pupil.hub.fail("list", [endless] * 5)
    with pytest.raises(ModelUnavailable, match=f"an answer of more than {MAX_LISTING_BYTES} bytes"):
        pupil.store().fetch("pupil")


def test_a_listing_nested_without_end_is_refused(pupil: HubModel) -> None:
    pupil.hub.fail("list", [lambda answer, _: answer.send(200, b"[" * 200_000)] * 5)
    with pytest.raises(ModelUnavailable, match="does not answer as a Hub does"):
        pupil.store().fetch("pupil")


def test_a_file_that_never_ends_does_not_fill_the_disk(pupil: HubModel) -> None:
    sent_bytes: list[int] = []

    def endless(answer: Answer, content: bytes) -> None:
        answer.begin(200, 1 << 40)
        sent_bytes.append(0)
        try:
            while not answer.hub.closing.is_set():
                answer.wfile.write(content)
                sent_bytes[-1] += len(content)
        except ConnectionError:
            return

    pupil.hub.fail("store", [endless] * 20)
    with pytest.raises(ModelUnavailable, match="the Hub sent more"):
        pupil.store().fetch("pupil")
    assert max(sent_bytes) < 50 * len(WEIGHTS)
    assert "model.gguf" not in pupil.cached_files()


def to(location: str) -> Fault:
    """On to there."""
    return lambda answer, _: answer.send(302, b"", Location=location)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "http:///nowhere"])
@pytest.mark.parametrize("kind", ["list", "store"])
def test_a_host_that_sends_on_to_a_file_is_refused(pupil: HubModel, kind: str, location: str) -> None:
    pupil.hub.fail(kind, [to(location)] * 5)
    with pytest.raises(ModelUnavailable, match=r"sends on to|cannot be reached|no address"):
        pupil.store().fetch("pupil")


def test_a_storage_host_that_sends_on_for_ever_is_left(pupil: HubModel) -> None:
    pupil.hub.fail("store", [to(f"{pupil.hub.store_url}/blobs/{digest(WEIGHTS).sha256}")] * 100)
    with pytest.raises(ModelUnavailable, match="more than 5 redirects"):
        pupil.store().fetch("pupil")


def test_a_token_does_not_follow_a_redirect_from_the_hub_to_another_host(pupil: HubModel) -> None:
    pupil.hub.tokens[REPOSITORY] = "hf_right"
    home = f"{pupil.hub.url}/{REPOSITORY}/resolve/main/model.gguf"
    pupil.hub.fail("store", [to(home)])
    pupil.store({"HF_TOKEN": "hf_right"}).fetch("pupil")
    tokens = {asked.kind: asked.token for asked in pupil.hub.asked if asked.path != "config.json"}
    assert tokens["get"] == "Bearer hf_right"
    assert tokens["store"] == ""


def test_a_time_to_wait_in_odd_digits_is_no_time(pupil: HubModel) -> None:
    pupil.hub.fail("head", [lambda answer, _: answer.send(429, b"", Retry_After="\xb2")])
    pupil.store().fetch("pupil")
    assert pupil.pauses_s == [1.0]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('"org/pupil"', '"org/../pupil"'), ('"org/pupil"', '"org/pupil?x=1"'), ('"org/pupil"', '"pupil"')],
)
def test_a_repository_of_another_form_is_the_catalogue_s_mistake(right: str, wrong: str) -> None:
    with pytest.raises(CatalogueError, match="expected organisation/name"):
        parse_catalogue(OPEN.replace(right, wrong), origin="mine.toml")


def checkpoint(folder: Path) -> Checkpoint:
    """Whose config.json is the one in the folder."""
    (folder / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    files = tuple(FileInfo(name, 1, "ab" * 32) for name in ("config.json", "model.safetensors"))
    return Checkpoint(LocalModel(name="odd", folder=folder, files=files), "model.bin", silent)


def test_a_description_nested_without_end_or_beyond_all_measure_is_not_converted(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text("[" * 200_000)
    with pytest.raises(NotConvertible, match=r"config\.json: expected JSON"):
        checkpoint(tmp_path).json("config.json")
    with config.open("wb") as file:
        file.truncate(MOST_JSON_BYTES + 1)
    with pytest.raises(NotConvertible, match="at most"):
        checkpoint(tmp_path).json("config.json")
