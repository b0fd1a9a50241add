"""Recordings: whole files named by their content, within a quota, for as long as the retention says."""

import hashlib
import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy.orm import Session

from inzwa.errors import BadAudio, FeedbackUnavailable, QuotaReached
from inzwa.feedback.recordings import (
    LEAST_AGE_S,
    MEGABYTE,
    Tidied,
    delete_unused,
    expire,
    require_sound,
    save_sound,
    sound_path,
    tidy,
    used_bytes,
)
from inzwa.feedback.store.schema import ContributorRow, ItemRow, RecordingRow, now
from inzwa.feedback.store.store import Store
from tests.feedback.store.rows import contributor, count, recording

SAMPLES = np.random.default_rng(1).integers(-32768, 32767, 16_000, dtype="<i2")
SOUND = SAMPLES.tobytes()
DAYS = 30


@pytest.fixture
def kept(store: Store) -> str:
    """The sha256 of a sound that is in the folder, and that one row names."""
    sha256, _ = save_sound(store.folder, SOUND, quota_mb=1)
    store.write_now(lambda session: session.add(contributor()))
    store.write_now(lambda session: session.add(recording(1, sha256)))
    return sha256


@pytest.fixture
def read_only(tmp_path: Path) -> Path:
    """A folder in which a file stands where the recordings should go."""
    (tmp_path / "recordings").write_bytes(b"")
    return tmp_path


def age(path: Path, seconds: float) -> None:
    """Make a file that much older."""
    before = path.stat().st_mtime - seconds
    os.utime(path, (before, before))


def test_a_sound_is_kept_bit_by_bit_and_named_by_the_hash_of_its_file(tmp_path: Path) -> None:
    sha256, size = save_sound(tmp_path, SOUND, quota_mb=1)
    path = sound_path(tmp_path, sha256)
    read, rate = soundfile.read(path, dtype="int16")
    assert rate == 16_000
    assert np.array_equal(read, SAMPLES)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    assert path.stat().st_size == size == used_bytes(tmp_path)


def test_the_same_sound_is_one_file_and_nothing_unfinished_stays(tmp_path: Path) -> None:
    first, second = (save_sound(tmp_path, SOUND, quota_mb=1) for _ in range(2))
    assert first == second
    assert [path.name for path in (tmp_path / "recordings").iterdir()] == [f"{first[0]}.flac"]


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    save_sound(tmp_path, SOUND, quota_mb=1)
    assert (tmp_path / "recordings").stat().st_mode & 0o777 == 0o700


def test_a_sound_beyond_the_quota_is_refused_before_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "other").write_bytes(bytes(MEGABYTE))
    with pytest.raises(QuotaReached):
        save_sound(tmp_path, SOUND, quota_mb=1)
    assert used_bytes(tmp_path) == MEGABYTE


def test_half_a_sample_is_no_sound(tmp_path: Path) -> None:
    with pytest.raises(BadAudio):
        save_sound(tmp_path, SOUND[:-1], quota_mb=1)


def test_a_folder_that_cannot_be_written_is_said_without_its_path(read_only: Path) -> None:
    with pytest.raises(FeedbackUnavailable) as caught:
        save_sound(read_only, SOUND, quota_mb=1)
    assert str(read_only) not in caught.value.message


def test_what_is_no_hash_names_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sha256"):
        sound_path(tmp_path, "../" + "a" * 61)


async def test_a_file_goes_only_when_no_other_row_names_it(store: Store, kept: str) -> None:
    def another(session: Session) -> None:
        session.add(contributor(2))
        session.flush()
        session.add(recording(2, kept, of=2))

    def withdrawn(session: Session, number: int) -> None:
        session.delete(session.get_one(RecordingRow, f"{number:032x}"))

    await store.write(another)
    for number, files in ((1, 0), (2, 1)):
        await store.write(partial(withdrawn, number=number))
        assert await store.write(partial(delete_unused, folder=store.folder, sha256s=[kept])) == files
    assert used_bytes(store.folder) == 0


async def test_recordings_past_the_retention_go_and_their_contributors_count_as_changed(
    store: Store, kept: str
) -> None:
    old, _ = save_sound(store.folder, SOUND[::-1], quota_mb=1)
    then = now() - timedelta(days=DAYS, seconds=1)
    await store.write(lambda session: session.add(recording(2, old, created_at=then)))
    assert await tidy(store, DAYS) == Tidied(expired=1, files=1, missing=())
    assert not sound_path(store.folder, old).exists()
    assert sound_path(store.folder, kept).exists()
    assert await store.read(partial(count, table=RecordingRow)) == 1
    assert (await store.read(lambda session: session.get_one(ContributorRow, f"{1:032x}"))).changes == 1


async def test_nothing_expires_on_its_last_day(store: Store, kept: str) -> None:
    almost = now() + timedelta(days=DAYS, seconds=-60)
    assert await store.write(partial(expire, days=DAYS, at=almost)) == []


async def test_files_without_a_row_go_once_their_row_must_have_come(store: Store, kept: str) -> None:
    new, _ = save_sound(store.folder, SOUND[::-1], quota_mb=1)
    unfinished = sound_path(store.folder, new).with_name("abc.part")
    unfinished.write_bytes(b"half")
    assert (await tidy(store, DAYS)).files == 0
    for path in (sound_path(store.folder, new), sound_path(store.folder, kept), unfinished):
        age(path, LEAST_AGE_S + 1)
    assert (await tidy(store, DAYS)).files == 2
    assert [path.stem for path in (store.folder / "recordings").iterdir()] == [kept]


async def test_saving_a_sound_again_makes_its_file_new(store: Store) -> None:
    sha256, _ = save_sound(store.folder, SOUND, quota_mb=1)
    age(sound_path(store.folder, sha256), LEAST_AGE_S + 1)
    save_sound(store.folder, SOUND, quota_mb=1)
    assert (await tidy(store, DAYS)).files == 0


async def test_a_file_that_an_item_names_stays(store: Store) -> None:
    sha256, _ = save_sound(store.folder, SOUND, quota_mb=1)
    age(sound_path(store.folder, sha256), LEAST_AGE_S + 1)
    item = ItemRow(id="1" * 32, kind="naturalness", payload={"sound": f"{sha256}.flac"}, hidden={})
    await store.write(lambda session: session.add(item))
    assert (await tidy(store, DAYS)).files == 0


async def test_a_recording_whose_file_is_gone_is_reported(store: Store, kept: str) -> None:
    sound_path(store.folder, kept).unlink()
    assert (await tidy(store, DAYS)).missing == (kept,)
    with pytest.raises(FeedbackUnavailable):
        require_sound(store.folder, kept)
