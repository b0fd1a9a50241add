"""llama.cpp through its C functions: tokens, cells, batches and samplers on a small model."""

import pytest

from inzwa.engines.llm.batching.kv_cache import SequenceSlot
from inzwa.engines.llm.batching.model_runner import DecodeFailed
from inzwa.engines.llm.batching.scheduler import Slice, TokenSequence
from inzwa.engines.llm.llama.bindings import ContextSize, open_machine, open_model, trained_context
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
    with open_machine(weights, SIZE) as machine:
        yield machine


@pytest.fixture
def machine(opened):
    """With empty cells."""
    for sequence in range(SIZE.sequences):
        opened.keep(sequence, 0)
    return opened


def part(tokens, *, sequence=0, held=0):
    """These tokens behind `held` others of their sequence."""
    return Slice(TokenSequence(prompt=tokens, seat=SequenceSlot(sequence, tokens=[0] * held)), tokens, True)


def read(machine, text, *, sequence=0, held=0):
    """Decode the text, but for the `held` tokens that are there; the likeliest token after it."""
    tokens = machine.vocabulary.tokens(text)[held:]
    sampler = machine.open_sampler(GREEDY)
    machine.decode([part(tokens, sequence=sequence, held=held)])
    token = sampler.sample(len(tokens) - 1)
    sampler.close()
    return token


@pytest.mark.parametrize("text", ["Mhoro, wakadini?", "ñandú 🙂", "  two  blanks", "a\x00b", ""])
def test_tokens_spell_the_text_they_came_from(machine, text):
    spelled = b"".join(map(machine.token_bytes, machine.vocabulary.tokens(text)))
    assert spelled == text.encode()


def test_half_a_surrogate_pair_is_no_error(machine):
    assert machine.vocabulary.tokens("a\ud800b") == machine.vocabulary.tokens("a?b")


def test_a_control_token_is_one_token_that_spells_nothing(machine):
    (token,) = machine.vocabulary.tokens("<|im_end|>")
    assert machine.token_bytes(token) == b""
    assert machine.is_end(token)
    assert "<|im_end|>" in machine.vocabulary.control


def test_the_model_brings_its_template(machine):
    assert "<|im_start|>" in machine.vocabulary.template
    assert machine.vocabulary.bos == "<|im_start|>"


def test_the_likeliest_word_is_chosen(machine):
    assert machine.token_bytes(read(machine, "one two three four five six seven")) == b" eight"


def test_sequences_do_not_see_each_other(machine):
    expected = read(machine, "one two three four five six seven")
    read(machine, "Monday Tuesday Wednesday Thursday", sequence=1)
    machine.keep(0, 0)
    assert read(machine, "one two three four five six seven") == expected


def test_shared_cells_need_not_be_read_again(machine):
    text = "one two three four five six seven"
    expected, held = read(machine, text), len(machine.vocabulary.tokens(text)) - 1
    machine.share(0, 2, held)
    machine.keep(0, 0)
    assert read(machine, text, sequence=2, held=held) == expected


def test_a_batch_of_the_wrong_size_fails_and_harms_nothing(machine):
    with pytest.raises(DecodeFailed):
        read(machine, "one " * 40)
    with pytest.raises(DecodeFailed):
        machine.decode([part(())])
    assert machine.token_bytes(read(machine, "one two three four five six seven")) == b" eight"


def test_a_context_that_is_full_fails_and_harms_nothing(machine):
    tokens = machine.vocabulary.tokens("one " * SIZE.batch_tokens)[: SIZE.batch_tokens]
    cells = SIZE.cells + 128  # the library rounds up to 256
    for held in range(0, cells, len(tokens)):
        machine.decode([part(tokens, sequence=1, held=held)])
    with pytest.raises(DecodeFailed):
        machine.decode([part(tokens, sequence=2)])
    machine.keep(1, 0)
    assert machine.token_bytes(read(machine, "one two three four five six seven")) == b" eight"


def test_the_repeat_penalty_turns_away_from_what_was_said(machine):
    tokens = machine.vocabulary.tokens("no no no no no no no no")
    sampler = machine.open_sampler(ChatOptions(temperature=0, repeat_penalty=2.0))
    machine.decode([part(tokens)])
    first, second = sampler.sample(len(tokens) - 1), sampler.sample(len(tokens) - 1)
    sampler.close()
    assert first != second


def test_the_model_knows_how_much_it_was_trained_to_hold(weights):
    assert trained_context(weights) == 8192


def test_a_context_beyond_all_memory_is_an_engine_error(weights):
    with (
        pytest.raises(EngineError, match="no room"),
        open_machine(weights, ContextSize(cells=2**31, sequences=1, batch_tokens=32, threads=1)),
    ):
        pass
