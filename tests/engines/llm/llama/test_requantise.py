"""The small model requantised for this machine: what is made, used, made again, and when the original serves."""

import json
import logging
from contextlib import aclosing
from dataclasses import replace

import pytest

from inzwa.engines.llm.llama.engine import open_llama
from inzwa.engines.llm.llama.library import libraries
from inzwa.engines.llm.llama.requantise import MOST_LOSS, Requantiser, with_fast_weights
from inzwa.engines.llm.llama.requantise_types import NUMBERS
from inzwa.engines.llm.lora import Lora, require_fit
from inzwa.formats.gguf import read_header
from inzwa.hardware.processor import Processor
from inzwa.models.store import Store
from inzwa.protocols import ChatOptions, Message
from tests.engines.llm.adapters import adapter, on_disk
from tests.lending import lend

pytestmark = pytest.mark.weights

NAME = "smollm2-135m"
QUESTION = (
    Message("system", "You are a kind helper. You answer in one short sentence and you never use lists."),
    Message("user", "What is the capital of France?"),
)
GREEDY = ChatOptions(temperature=0, max_new_tokens=24)


@pytest.fixture(scope="module")
def store(models, tmp_path_factory):
    """A cache that holds the original alone."""
    return Store(lend(models, tmp_path_factory.mktemp("weights") / "cache", [NAME], derived=False))


@pytest.fixture(scope="module")
def original(store):
    return store.fetch(NAME)


@pytest.fixture(scope="module")
def made(store, original):
    return with_fast_weights(store, original, "auto", "auto")


def test_no_weight_is_left_in_a_slow_type(made, original):
    before, after = (read_header(model.path(".gguf")) for model in (original, made))
    assert NUMBERS["Q4_1"] in before.types.values()
    assert set(after.types.values()) == {NUMBERS["F32"], NUMBERS["Q8_0"]}
    assert after.shapes == before.shapes
    assert after.text("general.name") == before.text("general.name")


def test_it_says_what_it_is_and_of_what_it_was_made(made, original):
    assert [file.name for file in made.files] == ["SmolLM2-135M-Instruct.Q4_1-to-Q8_0.gguf"]
    assert made.source.startswith(f"{original.source}, Q4_1 requantised to Q8_0 by llama.cpp ")
    assert (made.name, made.licence, made.facts) == (original.name, original.licence, original.facts)


def test_the_loss_is_known_and_small(made):
    loss = json.loads((made.folder / "loss.json").read_text())
    assert 0 < loss["divergence"] < MOST_LOSS
    assert loss["tokens"] > 100


async def test_an_engine_runs_on_it_and_names_it(made):
    with open_llama(made, context_tokens=512, max_sequences=2) as llama:
        assert llama.info.files == made.files
        async with aclosing(llama.reply(QUESTION, GREEDY)) as pieces:
            assert "".join([piece async for piece in pieces]).strip()


async def test_an_adapter_of_the_original_fits_it(made, tmp_path):
    made_for = adapter(tmp_path)
    require_fit(made_for, made)
    with open_llama(made, context_tokens=512, max_sequences=2, lora=Lora(made_for, 1.0)) as llama:
        async with aclosing(llama.reply(QUESTION, GREEDY)) as pieces:
            assert [piece async for piece in pieces]


def test_it_is_found_again_and_the_original_stays_verified(store, made, original):
    before = made.path(".gguf").stat().st_mtime_ns
    assert with_fast_weights(store, original, "auto", "auto") == made
    assert made.path(".gguf").stat().st_mtime_ns == before
    assert store.find(NAME) == original


def test_what_is_cut_off_is_made_again(store, made, original):
    path = made.path(".gguf")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2)
    again = with_fast_weights(store, original, "auto", "auto")
    assert again == made
    assert path.stat().st_size == size


def test_the_original_can_be_asked_for(store, original):
    assert with_fast_weights(store, original, "original", "auto") == original


def test_without_room_the_original_serves(models, original, tmp_path, caplog):
    full = Store(lend(models, tmp_path / "cache", [NAME], derived=False), room=lambda _: 1_000_000)
    with caplog.at_level(logging.WARNING):
        assert with_fast_weights(full, full.fetch(NAME), "auto", "auto").files == original.files
    assert "used as it came: the cache folder" in caplog.text


def test_what_is_no_model_is_left_for_its_engine_to_refuse(store, tmp_path, caplog):
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF and then nothing")
    broken = replace(on_disk(path, NAME))
    assert with_fast_weights(store, broken, "auto", "auto") == broken
    assert "cannot be requantised" in caplog.text


def test_a_loss_that_is_too_great_leaves_a_note_and_no_file(original, tmp_path):
    processor = Processor("x86_64", "", frozenset({"avx2"}))
    (build, *_) = libraries("auto", tmp_path)
    tight = Requantiser("auto", processor, build, most_loss=0.0)
    tight(original, tmp_path, lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["loss.json"]
