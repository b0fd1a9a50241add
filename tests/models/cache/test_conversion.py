"""What a converter makes: once for one input and one version, hashed, whole or not at all."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from inzwa.errors import CatalogueError, ModelCorrupt
from inzwa.models.checksums import Digest, digest_of
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import Progress, ProgressCallback
from inzwa.models.store import Store
from tests.models.hashing import CountingHasher
from tests.models.hub_model import CONFIG, FILES, OPEN, REPOSITORY, WEIGHTS, HubModel

CONVERTED = OPEN.replace('stage = "llm"', 'stage = "llm"\nconvert = "reverse"')


@dataclass
class Reverse:
    """Writes the weights backwards, and remembers how often."""

    version: str = "1"
    runs: list[str] = field(default_factory=list)
    makes: bytes = WEIGHTS[::-1]

    def __call__(self, source: LocalModel, out: Path, report: ProgressCallback) -> None:
        self.runs.append(source.name)
        assert source.path("model.gguf").read_bytes() == WEIGHTS
        report(Progress(source.name, "model.bin", 1, 1, "converting"))
        (out / "sub").mkdir()
        (out / "sub" / "vocab.txt").write_text("a b")
        (out / "model.bin").write_bytes(self.makes)


@pytest.fixture
def pupil(pupil: HubModel) -> HubModel:
    pupil.text = CONVERTED
    return pupil


def store(pupil: HubModel, reverse: Reverse, **options) -> Store:
    return pupil.store(converters={"reverse": reverse}, **options)


def test_the_engine_gets_what_was_made_and_not_what_was_fetched(pupil: HubModel) -> None:
    model = store(pupil, Reverse()).fetch("pupil")
    assert {file.name for file in model.files} == {"model.bin", "sub/vocab.txt"}
    assert model.path("model.bin").read_bytes() == WEIGHTS[::-1]
    assert all(digest_of(model.folder / file.name) == Digest(file.size, file.sha256) for file in model.files)
    assert model.source.endswith("made ready by reverse 1")


def test_it_is_made_once(pupil: HubModel) -> None:
    reverse = Reverse()
    first = store(pupil, reverse).fetch("pupil")
    assert store(pupil, reverse).fetch("pupil") == first == store(pupil, reverse).find("pupil")
    assert reverse.runs == ["pupil"]


def test_a_second_start_hashes_nothing(pupil: HubModel) -> None:
    store(pupil, Reverse()).fetch("pupil")
    hasher = CountingHasher()
    assert store(pupil, Reverse(), hash_file=hasher).find("pupil") is not None
    assert not hasher.counts


def test_another_version_of_the_converter_makes_it_anew_and_removes_the_old(pupil: HubModel) -> None:
    old = store(pupil, Reverse()).fetch("pupil")
    newer = Reverse(version="2")
    assert store(pupil, newer).find("pupil") is None
    assert store(pupil, newer).fetch("pupil").folder != old.folder
    assert not old.folder.exists()


def test_another_input_makes_it_anew(pupil: HubModel) -> None:
    reverse = Reverse()
    store(pupil, reverse).fetch("pupil")
    pupil.hub.push(REPOSITORY, {**FILES, "config.json": b"{}"})
    store(pupil, reverse).update("pupil")
    assert reverse.runs == ["pupil", "pupil"]


def test_what_was_made_is_written_down_with_what_it_was_made_from(pupil: HubModel) -> None:
    folder = store(pupil, Reverse()).fetch("pupil").folder
    said = json.loads((folder / ".made.json").read_text())
    assert (said["converter"], said["version"]) == ("reverse", "1")
    assert said["inputs"]["config.json"]["size"] == len(CONFIG)
    assert said["outputs"]["model.bin"]["size"] == len(WEIGHTS)


def test_a_file_that_was_made_and_is_damaged_is_made_again(pupil: HubModel) -> None:
    reverse = Reverse()
    model = store(pupil, reverse).fetch("pupil")
    model.path("model.bin").write_bytes(b"damaged")
    assert store(pupil, reverse).find("pupil") is None
    with pytest.raises(ModelCorrupt, match=r"model\.bin: expected 1000000 bytes .*, found 7 bytes"):
        store(pupil, reverse).verify("pupil")
    assert store(pupil, reverse).fetch("pupil").path("model.bin").read_bytes() == WEIGHTS[::-1]
    assert len(reverse.runs) == 2


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"outputs": {"model.bin": 3}, "source": ""}'])
def test_a_record_that_cannot_be_read_costs_a_conversion_and_no_more(pupil: HubModel, record: str) -> None:
    reverse = Reverse()
    model = store(pupil, reverse).fetch("pupil")
    (model.folder / ".made.json").write_text(record)
    assert store(pupil, reverse).fetch("pupil") == model
    assert len(reverse.runs) == 2


def test_verify_hashes_what_was_fetched_and_what_was_made(pupil: HubModel) -> None:
    reverse = Reverse()
    store(pupil, reverse).fetch("pupil")
    hasher = CountingHasher()
    store(pupil, reverse, hash_file=hasher).verify("pupil")
    assert set(hasher.counts) == {"model.gguf", "config.json", "model.bin", "vocab.txt"}


def test_a_converter_that_fails_leaves_the_input_and_nothing_else(pupil: HubModel) -> None:
    def fail(source: LocalModel, out: Path, report: ProgressCallback) -> None:
        (out / "model.bin").write_bytes(b"half")
        raise ModelCorrupt("no such tensor")

    fail.version = "1"
    with pytest.raises(ModelCorrupt, match="no such tensor"):
        pupil.store(converters={"reverse": fail}).fetch("pupil")
    assert not (pupil.cache / "converted").exists()
    pupil.hub.asked.clear()
    assert store(pupil, Reverse()).fetch("pupil").path("model.bin").read_bytes() == WEIGHTS[::-1]
    assert pupil.hub.asked == []


def test_a_converter_that_makes_nothing_is_refused(pupil: HubModel) -> None:
    def nothing(source: LocalModel, out: Path, report: ProgressCallback) -> None:
        """Makes nothing."""

    nothing.version = "1"
    with pytest.raises(ModelCorrupt, match="the converter reverse 1 made no file"):
        pupil.store(converters={"reverse": nothing}).fetch("pupil")


def test_a_converter_that_makes_a_pickle_is_refused(pupil: HubModel) -> None:
    with pytest.raises(ModelCorrupt, match=r"model\.bin is a pickle"):
        store(pupil, Reverse(makes=b"\x80\x04\x95")).fetch("pupil")


def test_an_unknown_converter_is_named_with_the_known_ones(pupil: HubModel) -> None:
    with pytest.raises(CatalogueError, match=r"pupil\.convert: expected one of forward, found 'reverse'"):
        pupil.store(converters={"forward": Reverse()}).fetch("pupil")


def test_removing_frees_what_was_made_too(pupil: HubModel) -> None:
    reverse = Reverse()
    cached = store(pupil, reverse)
    cached.fetch("pupil")
    assert cached.disk_use()["pupil"] > 2 * len(WEIGHTS)
    assert cached.remove("pupil") > 2 * len(WEIGHTS)
    assert cached.disk_use()["pupil"] == 0
