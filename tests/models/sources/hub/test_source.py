"""Models of the Hub: pinned, fetched and verified."""

import json

import pytest

from inzwa.errors import CatalogueError, ModelCorrupt, ModelUnavailable
from inzwa.models.catalogue import parse_catalogue
from inzwa.models.progress import Progress
from tests.models.hub_model import CONFIG, FILES, OPEN, REPOSITORY, WEIGHTS, HubModel


def lock_of(pupil: HubModel) -> dict:
    return json.loads((pupil.cache / "models.lock").read_text())["pupil"]


def test_a_first_pull_takes_what_was_asked_for_and_no_pickle(pupil: HubModel) -> None:
    model = pupil.store().fetch("pupil")
    assert {file.name for file in model.files} == {"model.gguf", "config.json"}
    assert model.path("model.gguf").read_bytes() == WEIGHTS
    assert model.path("config.json").read_bytes() == CONFIG
    assert model.source.startswith("hub org/pupil@")


def test_a_second_start_asks_the_hub_nothing(pupil: HubModel) -> None:
    first = pupil.store().fetch("pupil")
    pupil.hub.asked.clear()
    assert pupil.store().fetch("pupil") == first
    assert pupil.hub.asked == []


def test_an_update_that_fails_leaves_the_old_model_as_it_was(pupil: HubModel) -> None:
    store = pupil.store()
    old = store.fetch("pupil")
    pupil.hub.push(REPOSITORY, {**FILES, "config.json": b"{}", "model.gguf": b"short"})
    with pytest.raises(ModelUnavailable):
        pupil.store({"HF_ENDPOINT": "http://127.0.0.1:1"}).update("pupil")
    assert pupil.store().find("pupil") == old
    assert old.path("model.gguf").read_bytes() == WEIGHTS


def test_an_update_removes_the_files_that_the_new_version_lacks(pupil: HubModel) -> None:
    store = pupil.store()
    pupil.hub.push(REPOSITORY, {**FILES, "vocab.json": b"{}"})
    assert (store.fetch("pupil").folder / "vocab.json").exists()
    pupil.hub.push(REPOSITORY, FILES)
    assert not (store.update("pupil").folder / "vocab.json").exists()


def test_what_the_catalogue_knows_is_compared_with_the_hub_before_a_byte_is_fetched(pupil: HubModel) -> None:
    pupil.text = OPEN + f'[pupil.files."model.gguf"]\nsize = 5\nsha256 = "{"cd" * 32}"\n'
    with pytest.raises(ModelCorrupt, match=r"model\.gguf: expected 5 bytes .* as the catalogue says, found"):
        pupil.store().fetch("pupil")
    assert pupil.hub.count("store") == 0


def test_a_catalogue_that_moves_to_another_revision_pins_anew(pupil: HubModel) -> None:
    pupil.store().fetch("pupil")
    commit = pupil.hub.push(REPOSITORY, {**FILES, "model.gguf": WEIGHTS[::-1]}, branch="next")
    pupil.text = OPEN.replace('"main"', '"next"')
    assert pupil.store().fetch("pupil").path("model.gguf").read_bytes() == WEIGHTS[::-1]
    assert lock_of(pupil)["facts"] == {"commit": commit}


def test_a_pattern_that_means_nothing_but_pickles_is_refused_with_the_remedy(pupil: HubModel) -> None:
    pupil.text = OPEN.replace("*.gguf", "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match=r"pytorch_model\.bin: only pickles, which are refused.*safetensors"):
        pupil.store().fetch("pupil")


def test_a_pattern_that_means_nothing_is_named(pupil: HubModel) -> None:
    pupil.text = OPEN.replace("*.gguf", "*.onnx")
    with pytest.raises(ModelUnavailable, match=r"org/pupil @ [0-9a-f]{40} \*\.onnx: no such file"):
        pupil.store().fetch("pupil")


def test_a_pattern_does_not_reach_into_folders(pupil: HubModel) -> None:
    pupil.hub.push(REPOSITORY, {**FILES, "checkpoint-10/model.gguf": b"older"})
    assert {file.name for file in pupil.store().fetch("pupil").files} == {"model.gguf", "config.json"}


def test_a_pickle_under_an_innocent_name_never_reaches_the_cache(pupil: HubModel) -> None:
    pupil.hub.push(REPOSITORY, {**FILES, "model.gguf": b"\x80\x04\x95" + WEIGHTS})
    with pytest.raises(ModelCorrupt, match=r"model\.gguf is a pickle"):
        pupil.store().fetch("pupil")
    assert "model.gguf" not in pupil.cached_files()


def test_the_token_goes_to_the_hub_alone_and_into_no_message(
    pupil: HubModel, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    pupil.hub.tokens[REPOSITORY] = "hf_right"
    with pytest.raises(ModelUnavailable) as error:
        pupil.store({"HF_TOKEN": "hf_wrong"}).fetch("pupil")
    pupil.store({"HF_TOKEN": "hf_right"}).fetch("pupil")
    tokens = {asked.token for asked in pupil.hub.asked if asked.kind == "store"}
    assert tokens == {""}
    said = error.value.message + caplog.text + "".join(capsys.readouterr())
    assert "hf_wrong" not in said
    assert "hf_right" not in said


def test_no_token_is_sent_where_none_is_set(pupil: HubModel) -> None:
    pupil.store().fetch("pupil")
    assert {asked.token for asked in pupil.hub.asked} == {""}


def test_progress_is_one_sum_over_all_files_with_its_total(pupil: HubModel) -> None:
    events: list[Progress] = []
    pupil.store(report=events.append).fetch("pupil")
    large = [event for event in events if event.phase == "downloading" and event.total_bytes > len(WEIGHTS)]
    assert [event.done_bytes for event in large] == sorted(event.done_bytes for event in large)
    assert large[-1].done_bytes == large[-1].total_bytes == len(WEIGHTS) + len(CONFIG)
    assert events[-1].phase == "ready"


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ('take = ["*.gguf", "config.json"]', 'take = "*.gguf"', r"take: expected a list of strings .*found '\*\.gguf'"),
        ('take = ["*.gguf", "config.json"]', "take = []", "take: expected a path at least, found "),
        ('kind = "hub"', 'kind = "wheels"', "kind: expected one of hub, mlflow, found 'wheels'"),
        ('repository = "org/pupil"', 'repo = "org/pupil"', "expected only the keys kind, repository, .*found 'repo'"),
        ("[[pupil.sources]]", '[[pupil.sources]]\nkind = "hub"\n[[pupil.sources]]', "no other source beside one"),
        ('stage = "llm"', 'stage = "llm"\nspeed = "swift"', "speed: expected one of fast, steady, slow, found 'swift'"),
        ('stage = "llm"', 'stage = "llm"\nauto = "yes"', "auto: expected true or false, found 'yes'"),
        ("[[pupil", '[pupil.files."x.pt"]\nsize = 1\n[[pupil', "found a pickle"),
    ],
)
def test_a_typo_is_answered_with_place_expected_and_found(right: str, wrong: str, complaint: str) -> None:
    assert right in OPEN
    with pytest.raises(CatalogueError, match=complaint) as error:
        parse_catalogue(OPEN.replace(right, wrong, 1), origin="mine.toml")
    assert error.value.message.startswith("mine.toml: ")
