"""Which models serve: by what was set, what the machine has, and what can be reached. Never none."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.engines.selection import EMBEDDED, Attempt, attempts, candidates, open_store, ranking, survey
from inzwa.errors import CatalogueError
from inzwa.hardware.machine import Machine
from inzwa.models.catalogue import load_catalogue
from inzwa.settings import Settings, load_settings

SPACE = Machine(cores=2, memory_mib=16_000, hub=True)
"""A free Space."""


def settings(**given: str) -> Settings:
    return load_settings({f"INZWA_{name.upper()}": value for name, value in given.items()})


def test_a_space_tries_the_shona_models_of_the_hub_first_and_ends_with_the_small_ones() -> None:
    found = candidates(settings(), SPACE)
    assert found["asr"][0] == "whisper-small-waxal-sna"
    assert found["llm"][0] == "morena-1.5b"
    assert found["tts"][0] == "mms-tts-sna"
    assert {stage: names[-1] for stage, names in found.items()} == EMBEDDED


def test_without_the_hub_only_what_is_here_is_tried_before_the_small_ones() -> None:
    found = candidates(settings(), Machine(2, 16_000, hub=False, here=frozenset({"morena-0.5b"})))
    assert found["llm"] == ("morena-0.5b", "smollm2-135m")
    assert found["asr"] == ("whisper-base",)


def test_little_memory_leaves_out_what_would_not_fit() -> None:
    found = candidates(settings(), Machine(2, 2_000, hub=True))
    assert "morena-1.5b" not in found["llm"]
    assert "whisper-tiny-waxal-sna" in found["asr"]


def test_what_forbids_commerce_and_is_large_is_never_chosen_unasked() -> None:
    assert "tiny-aya-earth" not in candidates(settings(), Machine(64, 500_000, hub=True))["llm"]


def test_a_graphics_processor_changes_nothing_because_no_engine_here_would_use_it() -> None:
    assert candidates(settings(), replace(SPACE, gpu="NVIDIA H100")) == candidates(settings(), SPACE)


def test_embedded_forces_the_small_models() -> None:
    assert candidates(settings(models="embedded"), SPACE) == {stage: (name,) for stage, name in EMBEDDED.items()}


def test_hub_forces_those_of_the_hub_though_it_does_not_answer() -> None:
    found = candidates(settings(models="hub"), Machine(2, 16_000, hub=False))
    assert found["vad"] == ("silero-v6",)
    for stage in ("asr", "llm", "tts"):
        assert EMBEDDED[stage] not in found[stage]
        assert found[stage]


def test_hub_on_a_machine_too_small_for_any_tries_the_lightest() -> None:
    assert candidates(settings(models="hub"), Machine(1, 100))["llm"] == ("morena-0.5b",)


def test_a_named_model_comes_first_and_auto_keeps_the_small_one_behind_it() -> None:
    assert candidates(settings(llm_model="tiny-aya-earth"), SPACE)["llm"] == ("tiny-aya-earth", "smollm2-135m")
    assert candidates(settings(llm_model="smollm2-135m"), SPACE)["llm"] == ("smollm2-135m",)
    assert candidates(settings(llm_model="file:/x.gguf", models="hub"), SPACE)["llm"] == ("file:/x.gguf",)


def test_a_users_catalogue_comes_before_ours_and_its_typo_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[mine]\nstage = "llm"\nlanguage = "Shona"\nlicence = "MIT"\nconsequence = "Free."\nauto = true\n'
        'memory_mib = 100\n[[mine.sources]]\nkind = "hub"\nrepository = "me/mine"\ntake = ["mine.gguf"]\n'
    )
    chosen = settings(catalogue=str(path), cache=str(tmp_path))
    assert candidates(chosen, SPACE)["llm"][:2] == ("mine", "morena-1.5b")
    assert "mine" in open_store(chosen).names()
    path.write_text(path.read_text().replace("memory_mib", "memory_mb"))
    with pytest.raises(CatalogueError, match=r"mine\.toml: mine: .* found 'memory_mb'"):
        candidates(chosen, SPACE)


def test_a_users_entry_replaces_ours_of_the_same_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '["morena-1.5b"]\nstage = "llm"\nlanguage = "Shona"\nlicence = "MIT"\nconsequence = "Free."\n'
        '[["morena-1.5b".sources]]\nkind = "hub"\nrepository = "me/mine"\ntake = ["mine.gguf"]\n'
    )
    assert load_catalogue(path)["morena-1.5b"].unpinned.repository == "me/mine"


PAIR = """
[mistral-2b]
stage = "llm"
language = "Shona"
licence = "Apache-2.0"
consequence = "Free."
[[mistral-2b.sources]]
kind = "hub"
repository = "me/mistral-2b-gguf"
take = ["*.gguf"]

[mistral-2b-shona-lora]
stage = "lora"
language = "Shona"
licence = "Apache-2.0"
consequence = "Free."
facts = { base = "mistral-2b" }
[[mistral-2b-shona-lora.sources]]
kind = "hub"
repository = "me/mistral-2b-shona-lora"
take = ["*.gguf"]
"""


@pytest.mark.parametrize(
    "named",
    [
        {"llm_model": "mistral-2b-shona-lora"},
        {"llm_lora": "mistral-2b-shona-lora"},
        {"llm_lora": "mistral-2b-shona-lora", "llm_model": "mistral-2b"},
    ],
)
def test_an_adapter_of_the_catalogue_is_tried_on_its_base_then_the_base_alone_then_the_small_one(
    tmp_path: Path, named: dict[str, str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PAIR)
    found = attempts(settings(catalogue=str(path), **named), SPACE)
    pair = Attempt("mistral-2b", "mistral-2b-shona-lora")
    assert found["llm"] == (pair, Attempt("mistral-2b"), Attempt("smollm2-135m"))
    assert str(pair) == "mistral-2b with mistral-2b-shona-lora"
    assert attempts(settings(catalogue=str(path), models="hub", **named), SPACE)["llm"] == (pair,)


def test_an_adapter_whose_base_nobody_knows_is_tried_on_each_candidate() -> None:
    found = attempts(settings(llm_lora="~/shona.gguf"), Machine(2, 16_000, hub=False))
    lora = f"file:{Path.home()}/shona.gguf"
    assert found["llm"] == (Attempt("smollm2-135m", lora), Attempt("smollm2-135m"))


def test_a_server_is_tried_first_and_the_small_model_stands_behind_it() -> None:
    nowhere = Machine(2, 16_000, hub=False)
    served = Attempt("aya", engine="openai")
    asked = {"llm_engine": "openai", "openai_model": "aya"}
    assert attempts(settings(**asked), nowhere)["llm"] == (served, Attempt("smollm2-135m"))
    assert attempts(settings(**asked, models="hub"), nowhere)["llm"] == (served,)
    assert str(served) == "aya (openai)"


def test_whisper_cpp_opens_its_own_format_and_the_usual_engine_stands_behind_it() -> None:
    chosen = {"asr_engine": "whisper-cpp"}
    own = Attempt("whisper-base-ggml", engine="whisper-cpp")
    assert attempts(settings(**chosen), SPACE)["asr"] == (own, Attempt("whisper-base"))
    assert attempts(settings(**chosen, models="embedded"), SPACE)["asr"] == (own,)
    mine = attempts(settings(**chosen, asr_model="file:/shona.bin"), SPACE)["asr"]
    assert mine == (Attempt("file:/shona.bin", engine="whisper-cpp"), Attempt("whisper-base"))


def test_whisper_cpp_stands_behind_every_other_recogniser_where_it_is_installed() -> None:
    installed = replace(SPACE, whisper_cpp=True)
    behind = Attempt("whisper-base-ggml", engine="whisper-cpp")
    assert attempts(settings(), installed)["asr"] == (*attempts(settings(), SPACE)["asr"], behind)
    assert behind not in attempts(settings(models="embedded"), installed)["asr"]


def test_without_an_adapter_the_attempts_are_the_candidates() -> None:
    found = attempts(settings(), SPACE)
    assert {stage: tuple(map(str, plan)) for stage, plan in found.items()} == candidates(settings(), SPACE)


def test_nobody_is_asked_when_the_answer_would_not_matter(tmp_path: Path) -> None:
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:1"}
    assert not survey(settings(models="embedded", cache=str(tmp_path)), nowhere).hub
    assert not survey(settings(cache=str(tmp_path)), nowhere).hub


@given(
    st.builds(
        Machine,
        cores=st.integers(1, 128),
        memory_mib=st.integers(0, 1_000_000),
        hub=st.booleans(),
        here=st.frozensets(st.sampled_from(sorted(load_catalogue()))),
    ),
    st.sampled_from(["auto", "hub", "embedded"]),
)
def test_every_stage_has_a_candidate_on_every_machine(machine: Machine, mode: str) -> None:
    catalogue = load_catalogue()
    found = ranking(catalogue, machine, mode)
    assert found.keys() == EMBEDDED.keys()
    for stage, names in found.items():
        assert names
        assert len(set(names)) == len(names)
        assert all(catalogue[name].stage == stage for name in names)
