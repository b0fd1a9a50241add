"""Something else made of a model, by converters of the tests' own: made once, found, made again, refused."""

from dataclasses import dataclass, field

import pytest

from inzwa.errors import CacheUnusable, ModelCorrupt, NotConvertible
from inzwa.models.store import Store

MODEL = b"some weights, " * 500
NAME = "model.bin"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache")


@pytest.fixture
def model(store, tmp_path):
    (tmp_path / NAME).write_bytes(MODEL)
    return store.fetch(f"file:{tmp_path / NAME}")


@dataclass
class Reverser:
    """Writes model.bin backwards."""

    version: str = "1"
    refuses: bool = False
    made: list[str] = field(default_factory=list)

    def __call__(self, source, out, report):
        self.made.append(source.name)
        (out / "reversed.bin").write_bytes(source.path(".bin").read_bytes()[::-1])
        if self.refuses:
            raise NotConvertible("it cannot be reversed")


def left(store: Store) -> list[str]:
    """Files in the cache that are derived or half-made."""
    found = [path for kind in ("derived", "partial") for path in (store.folder / kind).rglob("*") if path.is_file()]
    return sorted(path.name for path in found)


def test_it_is_made_once_and_found_again(store, model):
    converter = Reverser()
    derivation = store.derivation(model, "reverse", converter)
    assert derivation.find() is None
    made = derivation.make("the mirror", 1)
    assert made.path(".bin").read_bytes() == MODEL[::-1]
    assert (made.name, made.source, made.licence) == (model.name, "the mirror", model.licence)
    assert derivation.find() == made == derivation.make("the mirror", 1)
    assert converter.made == [model.name]


def test_the_original_stays_as_it_was(store, model):
    store.derivation(model, "reverse", Reverser()).make("the mirror", 1)
    assert store.find(model.name) == model == store.verify(model.name)


@pytest.mark.parametrize("damaged", [b"", MODEL, MODEL[::-1][:100]], ids=["empty", "other", "cut off"])
def test_what_is_damaged_is_made_again(store, model, damaged):
    converter = Reverser()
    derivation = store.derivation(model, "reverse", converter)
    derivation.make("the mirror", 1).path(".bin").write_bytes(damaged)
    assert derivation.find() is None
    assert derivation.make("the mirror", 1).path(".bin").read_bytes() == MODEL[::-1]
    assert len(converter.made) == 2


def test_verify_hashes_it_too(store, model):
    store.derivation(model, "reverse", Reverser()).make("the mirror", 1).path(".bin").write_bytes(MODEL)
    with pytest.raises(ModelCorrupt, match=r"reversed\.bin"):
        store.verify(model.name)


def test_another_version_replaces_it(store, model):
    old = store.derivation(model, "reverse", Reverser()).make("the mirror", 1)
    newer = store.derivation(model, "reverse", Reverser("2"))
    assert newer.find() is None
    assert newer.make("the mirror", 1).folder != old.folder
    assert not old.folder.exists()


def test_another_file_under_the_same_name_is_another_model(store, model, tmp_path):
    store.derivation(model, "reverse", Reverser()).make("the mirror", 1)
    (tmp_path / NAME).write_bytes(MODEL[:-1])
    assert store.derivation(store.fetch(model.name), "reverse", Reverser()).find() is None


def test_without_room_nothing_is_begun(model, tmp_path):
    converter = Reverser()
    full = Store(tmp_path / "cache", room=lambda _: 10)
    with pytest.raises(CacheUnusable, match="MB are needed"):
        full.derivation(model, "reverse", converter).make("the mirror", 11)
    assert converter.made == []


def test_a_converter_that_fails_leaves_nothing(store, model):
    with pytest.raises(NotConvertible, match="cannot be reversed"):
        store.derivation(model, "reverse", Reverser(refuses=True)).make("the mirror", 1)
    assert left(store) == []


def test_removing_the_model_removes_it(store, model):
    store.derivation(model, "reverse", Reverser()).make("the mirror", 1)
    store.remove(model.name)
    assert left(store) == []


def test_a_users_own_file_that_is_gone_takes_it_along(store, model, tmp_path):
    store.derivation(model, "reverse", Reverser()).make("the mirror", 1)
    assert "reversed.bin" in left(store)
    other = tmp_path / "other.bin"
    other.write_bytes(b"another")
    (tmp_path / NAME).unlink()
    store.fetch(f"file:{other}")
    assert left(store) == []
