"""llama.cpp through its C functions: cells, batches and samplers on a small model."""

import pytest

from inzwa.engines.llm.batching.kv_cache import SequenceSlot
from inzwa.engines.llm.batching.model_runner import DecodeFailed
from inzwa.engines.llm.batching.scheduler import ScheduledTokens
from inzwa.engines.llm.llama.bindings import ContextSize, open_model, open_runner, trained_context
from inzwa.errors import EngineError
from inzwa.protocols import ChatOptions

pytestmark = pytest.mark.weights

SIZE = ContextSize(cells=128, sequences=3, batch_tokens=32, threads=2)
GREEDY = ChatOptions(temperature=0, repeat_penalty=1.0)


@pytest.fixture(scope="module")
def weights(models):
    with open_model(models.fetch("smollm2-135m").path(".gguf")) as model:
        yield model


@pytest.fixture(scope="module")
def opened(weights):
    with open_runner(weights, SIZE) as runner:
        yield runner


@pytest.fixture
def runner(opened):
    """With empty cells."""
    for sequence in range(SIZE.sequences):
        opened.truncate(sequence, 0)
    return opened


def part(tokens, *, sequence=0, computed=0):
    """These tokens after `computed` others of their sequence."""
    return ScheduledTokens(SequenceSlot(sequence, tokens=[0] * computed), tokens, True)


def likeliest(runner, text, *, sequence=0, computed=0):
    """Decode the text, but for the `computed` tokens that are there; the likeliest token after it."""
    tokens = runner.vocabulary.tokens(text)[computed:]
    sampler = runner.open_sampler(GREEDY)
    runner.decode([part(tokens, sequence=sequence, computed=computed)])
    token = sampler.sample(len(tokens) - 1)
    sampler.close()
    return token


def test_the_likeliest_token_is_chosen(runner):
    assert runner.token_bytes(likeliest(runner, "one two three four five six seven")) == b" eight"


def test_sequences_do_not_see_each_other(runner):
    expected = likeliest(runner, "one two three four five six seven")
    likeliest(runner, "Monday Tuesday Wednesday Thursday", sequence=1)
    runner.truncate(0, 0)
    assert likeliest(runner, "one two three four five six seven") == expected


def test_shared_cells_need_not_be_computed_again(runner):
    text = "one two three four five six seven"
    expected, computed = likeliest(runner, text), len(runner.vocabulary.tokens(text)) - 1
    runner.share(0, 2, computed)
    runner.truncate(0, 0)
    assert likeliest(runner, text, sequence=2, computed=computed) == expected


def test_cells_behind_a_gap_are_moved_and_read_on_from(runner):
    """What was forgotten stood before it: the count goes on as if it had not been said."""
    texts = "I can count:", " red blue green yellow.", " one two three four five six seven"
    first, forgotten, count = (runner.vocabulary.tokens(text) for text in texts)
    runner.decode([part((*first, *forgotten, *count[:-1]))])
    assert runner.close_gap(0, len(first), len(first) + len(forgotten))
    sampler = runner.open_sampler(GREEDY)
    runner.decode([part(count[-1:], computed=len(first) + len(count) - 1)])
    assert runner.token_bytes(sampler.sample(0)) == b" eight"
    sampler.close()


def test_each_batch_gets_as_many_threads_as_cores_are_free(weights):
    free = [2, 1, 1, 5]
    with open_runner(weights, SIZE, free=lambda _: free.pop(0)) as runner:
        threads = []
        for computed in range(4):
            runner.decode([part((1,), computed=computed)])
            threads.append(runner.threads)
    assert threads == [2, 1, 1, 2]


def test_a_batch_of_the_wrong_size_fails_and_harms_nothing(runner):
    with pytest.raises(DecodeFailed):
        likeliest(runner, "one " * 40)
    with pytest.raises(DecodeFailed):
        runner.decode([part(())])
    assert runner.token_bytes(likeliest(runner, "one two three four five six seven")) == b" eight"


def test_a_context_that_is_full_fails_and_harms_nothing(runner):
    tokens = runner.vocabulary.tokens("one " * SIZE.batch_tokens)[: SIZE.batch_tokens]
    cells = SIZE.cells + 128  # the library rounds up to 256
    for computed in range(0, cells, len(tokens)):
        runner.decode([part(tokens, sequence=1, computed=computed)])
    with pytest.raises(DecodeFailed):
        runner.decode([part(tokens, sequence=2)])
    runner.truncate(1, 0)
    assert runner.token_bytes(likeliest(runner, "one two three four five six seven")) == b" eight"


def test_the_repeat_penalty_avoids_repeated_tokens(runner):
    tokens = runner.vocabulary.tokens("no no no no no no no no")
    sampler = runner.open_sampler(ChatOptions(temperature=0, repeat_penalty=2.0))
    runner.decode([part(tokens)])
    first, second = sampler.sample(len(tokens) - 1), sampler.sample(len(tokens) - 1)
    sampler.close()
    assert first != second


def test_the_model_names_the_context_that_it_was_trained_on(weights):
    assert trained_context(weights) == 8192


def test_a_context_beyond_all_memory_is_an_engine_error(weights):
    with (
        pytest.raises(EngineError, match="no room"),
        open_runner(weights, ContextSize(cells=2**24, sequences=1, batch_tokens=32, threads=1)),
    ):
        pass
