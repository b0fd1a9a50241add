"""A real adapter on the small model: what it changes, what it leaves, and that cached cells still serve."""

from contextlib import aclosing, contextmanager

import numpy as np
import pytest

from inzwa.engines.llm.llama.bindings import ContextSize, load_adapter, open_model, open_runner
from inzwa.engines.llm.llama.engine import open_llama
from inzwa.engines.llm.lora import Lora
from inzwa.errors import EngineError
from inzwa.protocols import ChatOptions, Message
from tests.engines.llm.adapters import adapter
from tests.engines.llm.alone import Alone

pytestmark = pytest.mark.weights

SYSTEM = Message("system", "You are a kind helper. You answer in one short sentence and you never use lists.")
QUESTION = (SYSTEM, Message("user", "What is the capital of France?"))
GREEDY = ChatOptions(temperature=0, max_new_tokens=24, session="keeps")
SIZE = ContextSize(cells=256, sequences=1, batch_tokens=128, threads=2)


@pytest.fixture(scope="module")
def smollm(models):
    return models.fetch("smollm2-135m")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return adapter(tmp_path_factory.mktemp("lora"))


@pytest.fixture(scope="module")
def logits(smollm, made):
    """The model's numbers after the question, by the adapter's scale; None for no adapter."""
    with open_model(smollm.path(".gguf")) as weights:
        loaded = load_adapter(weights, made.path(".gguf"))

        def after(scale: float | None) -> np.ndarray:
            with open_runner(weights, SIZE, None if scale is None else loaded, scale or 0.0) as runner:
                return Alone(runner).logits(QUESTION)

        yield {scale: after(scale) for scale in (None, 0.0, 0.5, 1.0)}


@contextmanager
def opened(smollm, made, scale):
    with open_llama(smollm, context_tokens=512, max_sequences=2, lora=Lora(made, scale)) as model:
        yield model


async def said(llama, messages, options=GREEDY):
    async with aclosing(llama.reply(messages, options)) as pieces:
        return "".join([piece async for piece in pieces])


def test_at_scale_zero_it_is_as_if_it_were_not_there(logits):
    assert np.array_equal(logits[0.0], logits[None])


def test_at_scale_one_it_changes_what_the_model_says(logits):
    assert np.abs(logits[1.0] - logits[None]).max() > 1.0


def test_half_the_scale_changes_something_else(logits):
    assert np.abs(logits[0.5] - logits[None]).max() > 0.1
    assert np.abs(logits[0.5] - logits[1.0]).max() > 0.1


async def test_a_model_with_an_adapter_answers_and_remembers_its_sessions(smollm, made):
    with opened(smollm, made, 1.0) as llama:
        answer = await said(llama, QUESTION)
        assert answer
        second = (*QUESTION, Message("assistant", answer), Message("user", "And of Spain?"))
        before = llama.stats().prefilled_tokens
        changed = await said(llama, second)
        assert llama.stats().prefilled_tokens - before <= llama.count_tokens(second) - llama.count_tokens(QUESTION)
        await llama.forget("keeps")
        before = llama.stats().prefilled_tokens
        assert await said(llama, second) == changed
        assert llama.stats().prefilled_tokens - before < llama.count_tokens(second)  # the system prompt stayed
    with opened(smollm, made, 0.0) as llama:
        assert "Paris" in await said(llama, QUESTION)
        assert await said(llama, QUESTION) != answer


def test_its_info_names_the_adapter(smollm, made):
    with opened(smollm, made, 0.5) as llama:
        assert llama.info.title == "smollm2-135m with shona-lora (scale 0.5)"
        assert llama.info.adapter.files == made.files


def test_a_wrong_base_is_refused_before_it_is_loaded(smollm, tmp_path):
    wrong = adapter(tmp_path, width=64)
    with pytest.raises(EngineError, match=r"shona-lora.* to smollm2-135m"), opened(smollm, wrong, 1.0):
        pass


def test_what_the_library_refuses_is_an_engine_error(smollm, tmp_path):
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF and then nothing")
    with open_model(smollm.path(".gguf")) as weights, pytest.raises(EngineError, match=r"broken\.gguf is no adapter"):
        load_adapter(weights, path)
