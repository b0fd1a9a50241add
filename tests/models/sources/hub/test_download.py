"""Whatever the Hub does wrong is retried or named with its remedy; a partial file is never used."""

import itertools
import shutil
import threading

import pytest

from inzwa.errors import CacheUnusable, ModelCorrupt, ModelError, ModelUnavailable
from inzwa.models.progress import Progress
from tests.models.hub_model import FILES, REPOSITORY, WEIGHTS, HubModel
from tests.models.sources.hub.faults import (
    breaks_off,
    cuts,
    forgets,
    ignores_ranges,
    lies,
    stalls,
    status,
    trickles,
)
from tests.models.sources.hub.hub_server import Fault, digest


def starts(pupil: HubModel) -> list[int]:
    """From which byte on the large file was asked for, time after time."""
    return [asked.start for asked in pupil.hub.asked if asked.kind == "store"]


def has_nothing(pupil: HubModel) -> bool:
    """Whether no part of the weights is where an engine would look, and no lock was written."""
    return "model.gguf" not in pupil.cached_files() and not (pupil.cache / "models.lock").exists()


def test_a_connection_that_breaks_off_is_resumed_where_it_stopped(pupil: HubModel) -> None:
    pupil.hub.fail("store", [breaks_off])
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    assert starts(pupil) == [0, len(WEIGHTS) * 3 // 10]
    assert pupil.pauses_s == [1.0]


def test_a_download_that_was_given_up_is_resumed_at_the_next_start(pupil: HubModel) -> None:
    pupil.hub.fail("store", [breaks_off, *itertools.repeat(status(503), 4)])
    with pytest.raises(ModelUnavailable, match=r"expected 1000000 bytes, found 300000: .*in trouble \(503\)"):
        pupil.store().fetch("pupil")
    assert has_nothing(pupil)
    pupil.hub.asked.clear()
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    assert starts(pupil) == [300_000]


def test_a_host_that_knows_no_ranges_sends_the_whole_again(pupil: HubModel) -> None:
    pupil.hub.fail("store", [breaks_off, ignores_ranges])
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS


def test_a_host_that_breaks_off_each_time_and_knows_no_ranges_is_given_up(pupil: HubModel) -> None:
    pupil.hub.fail("store", itertools.repeat(forgets))
    with pytest.raises(ModelUnavailable, match=r"expected 1000000 bytes, found 300000"):
        pupil.store().fetch("pupil")
    assert pupil.pauses_s == [1.0, 2.0, 4.0, 8.0]


def test_pauses_grow_while_nothing_comes_of_it_and_start_anew_when_something_does(pupil: HubModel) -> None:
    pupil.hub.fail("store", [status(503), status(500), breaks_off, status(502)])
    pupil.store().fetch("pupil")
    assert pupil.pauses_s == [1.0, 2.0, 1.0, 2.0]


def test_wrong_bytes_of_the_right_length_are_refused_with_both_hashes(pupil: HubModel) -> None:
    pupil.hub.fail("store", itertools.repeat(lies))
    with pytest.raises(ModelCorrupt, match=r"model\.gguf: expected 1000000 bytes .*, found 1000000 bytes") as error:
        pupil.store().fetch("pupil")
    assert digest(WEIGHTS).sha256 in error.value.message
    assert digest(bytes(byte ^ 1 for byte in WEIGHTS)).sha256 in error.value.message
    assert has_nothing(pupil)
    pupil.hub.faults.clear()
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS


def test_wrong_bytes_of_a_small_file_are_refused_by_the_name_that_git_gave_the_right_ones(pupil: HubModel) -> None:
    pupil.hub.fail("get", itertools.repeat(lies))
    with pytest.raises(ModelCorrupt, match=r"config\.json: expected 13 bytes with git name [0-9a-f]{40}, found"):
        pupil.store().fetch("pupil")
    assert has_nothing(pupil)


def test_a_bad_first_half_is_found_when_the_rest_is_there_and_fetched_once_more(pupil: HubModel) -> None:
    def half_a_lie(answer, content: bytes) -> None:
        breaks_off(answer, bytes(byte ^ 1 for byte in content))

    pupil.hub.fail("store", [half_a_lie, *itertools.repeat(status(503), 4)])
    with pytest.raises(ModelUnavailable):
        pupil.store().fetch("pupil")
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS


def test_a_truncated_file_is_named_with_both_lengths_and_never_used(pupil: HubModel) -> None:
    pupil.hub.fail("store", itertools.repeat(cuts))
    with pytest.raises(ModelUnavailable, match=r"model\.gguf: expected 1000000 bytes, found 500000: "):
        pupil.store().fetch("pupil")
    assert has_nothing(pupil)


def test_a_redirect_to_another_host_is_followed(pupil: HubModel) -> None:
    pupil.store().fetch("pupil")
    assert pupil.hub.count("store") == 1
    assert pupil.hub.store_url != pupil.hub.url


def test_a_stall_is_cut_and_the_download_resumed(pupil: HubModel) -> None:
    pupil.hub.fail("store", [stalls])
    model = pupil.store({"HF_HUB_DOWNLOAD_TIMEOUT": "0.2"}).fetch("pupil")
    assert model.path("model.gguf").read_bytes() == WEIGHTS
    assert starts(pupil)[1] == 300_000


def test_a_trickle_is_cut_like_a_stall(pupil: HubModel) -> None:
    pupil.hub.fail("store", [trickles])
    model = pupil.store({"HF_HUB_DOWNLOAD_TIMEOUT": "0.3"}).fetch("pupil")
    assert model.path("model.gguf").read_bytes() == WEIGHTS
    assert starts(pupil)[1] > 0


def test_a_disk_without_room_is_noticed_before_the_weights_are_fetched(pupil: HubModel) -> None:
    with pytest.raises(CacheUnusable, match=r"has 0 MB left and 1 MB are needed; make room"):
        pupil.store(room=lambda _: 400_000).fetch("pupil")
    assert pupil.hub.count("store") == 0


def test_what_an_earlier_attempt_left_needs_no_room_a_second_time(pupil: HubModel) -> None:
    pupil.hub.fail("store", [breaks_off, *itertools.repeat(status(503), 4)])
    with pytest.raises(ModelUnavailable):
        pupil.store().fetch("pupil")
    assert pupil.store(room=lambda _: 800_000).fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS


def test_a_disk_that_fills_while_a_file_is_written_is_named_and_the_part_is_kept(pupil: HubModel) -> None:
    def full(progress: Progress) -> None:
        if progress.done_bytes >= 100_000:
            raise OSError(28, "No space left on device")

    with pytest.raises(CacheUnusable, match="cannot be used: No space left on device; make room"):
        pupil.store(report=full).fetch("pupil")
    assert has_nothing(pupil)
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    assert starts(pupil)[-1] > 0


def test_a_cache_that_cannot_be_written_is_named_with_the_remedy(pupil: HubModel) -> None:
    pupil.cache.write_text("a file where the folder should be")
    with pytest.raises(CacheUnusable, match=r"cache cannot be used: .*set INZWA_CACHE"):
        pupil.store().fetch("pupil")


def test_a_cache_that_may_only_be_read_still_gives_what_it_holds(pupil: HubModel) -> None:
    model = pupil.store().fetch("pupil")
    for name in (".proven.json", "models.lock"):
        assert next(pupil.cache.rglob(name)).exists()
    locks = pupil.cache / "locks"
    shutil.rmtree(locks)
    locks.write_text("no lock can be made here")
    record = model.folder / ".proven.json"
    record.unlink()
    record.mkdir()  # no record can be written either
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
    model.path("model.gguf").unlink()
    with pytest.raises(CacheUnusable, match=r"cache cannot be used: .*set INZWA_CACHE"):
        pupil.store().fetch("pupil")


def test_one_file_that_fails_stops_the_others(pupil: HubModel) -> None:
    pupil.hub.push(REPOSITORY, {**FILES, "second.gguf": WEIGHTS[::-1], "third.gguf": WEIGHTS[1:]})
    pupil.hub.fail("store", [stalls, status(403), stalls])
    with pytest.raises(ModelUnavailable, match="gated"):
        pupil.store({"HF_HUB_DOWNLOAD_TIMEOUT": "0.2"}).fetch("pupil")
    assert threading.active_count() < 20
    assert has_nothing(pupil)


@pytest.mark.parametrize("fault", [breaks_off, forgets, lies, cuts, status(500), status(403)])
@pytest.mark.parametrize("kind", ["list", "head", "get", "store"])
def test_a_hub_that_keeps_failing_is_an_error_of_ours_and_leaves_nothing(
    pupil: HubModel, kind: str, fault: Fault
) -> None:
    pupil.hub.fail(kind, itertools.repeat(fault))
    try:
        model = pupil.store().fetch("pupil")
    except ModelError:
        assert has_nothing(pupil)
    else:  # a fault that does not touch this kind of answer
        assert model.path("model.gguf").read_bytes() == WEIGHTS
    pupil.hub.faults.clear()
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS
