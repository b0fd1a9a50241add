"""The decoder that reads guesses: what it computes, what of a guess it keeps, and that no guess changes the words."""

from dataclasses import replace
from functools import partial

import anyio
import numpy as np
import pytest

from inzwa.engines.asr.audio_checks import most_tokens
from inzwa.engines.asr.decoder_graph import Graphs, Sizes
from inzwa.engines.asr.network import END_STATES, WINDOW_STATES, Network, Search
from inzwa.engines.asr.prompt import Marks, Prompter
from inzwa.engines.asr.speculative_decoder import AT_ONCE, SpeculativeDecoder, read_rules
from inzwa.errors import EngineError, NotConvertible
from tests.engines.asr.small_decoder import END, NO_SPEECH, PROMPT, RULES, START, WIDTH, SmallDecoder

MOST = 40
STATES = np.random.default_rng(2).normal(0, 1, (30, WIDTH)).astype(np.float32)
TAIL = np.random.default_rng(3).normal(0, 1, (END_STATES, WIDTH)).astype(np.float32)

weights = pytest.mark.weights


@pytest.fixture(scope="module")
def small():
    return SmallDecoder()


def opened(model, rules=RULES):
    return SpeculativeDecoder(model, Graphs.of(model, rules), rules, TAIL, threads=1)


@pytest.fixture(scope="module")
def reader_of_few(small):
    return opened(small)


@pytest.fixture(scope="module")
def told(reader_of_few):
    """What is read without a guess."""
    return reader_of_few.read(STATES, PROMPT, MOST)


def test_it_computes_what_whispers_decoder_computes(small, told):
    chances = small.chances([*PROMPT, *told.ids], np.concatenate((STATES, TAIL)))
    assert told.no_speech == pytest.approx(np.exp(chances[0, NO_SPEECH]), rel=0.2)
    places = chances[len(PROMPT) - 1 :]
    places[:, list(RULES.never)] = -np.inf
    places[0, list(RULES.never_first)] = -np.inf
    places -= np.log(np.exp(places).sum(axis=1, keepdims=True))
    found = places[range(MOST), told.ids]
    assert found == pytest.approx(places[:MOST].max(axis=1), abs=0.2)
    assert told.confidence == pytest.approx(found.mean(), abs=0.05)


def test_it_reads_as_many_tokens_as_it_may_and_none_that_is_forbidden(told):
    assert len(told.ids) == MOST
    assert told.kept == 0
    assert not set(told.ids) & set(RULES.never)
    assert told.ids[0] not in RULES.never_first


def test_it_stops_at_the_end(small, told):
    end = told.ids[6]
    again = opened(small, replace(RULES, end=end))
    assert again.read(STATES, PROMPT, MOST).ids == told.ids[: told.ids.index(end)]


@pytest.mark.parametrize(
    ("guess", "kept"),
    [
        (lambda ids: ids, MOST - 1),
        (lambda ids: [*ids, *ids], MOST - 1),
        (lambda ids: ids[:9], 9),
        (lambda ids: [*ids[:AT_ONCE], 7, 7], AT_ONCE),
        (lambda ids: [*ids[:8], (ids[8] + 1) % END, *ids[9:]], 8),
        (lambda ids: [(ids[0] + 1) % END, *ids[1:]], 0),
        (lambda ids: [END, START, *ids], 0),
        (lambda ids: [-1, 10_000], 0),
    ],
    ids=["right", "too long", "a part", "right for one pass", "wrong within", "wrong at once", "no text", "no tokens"],
)
def test_a_guess_changes_nothing_and_is_kept_as_far_as_it_is_right(reader_of_few, told, guess, kept):
    read = reader_of_few.read(STATES, PROMPT, MOST, guess(list(told.ids)))
    assert (read.ids, read.kept) == (told.ids, kept)
    assert read.confidence == pytest.approx(told.confidence, abs=1e-4)
    assert read.no_speech == pytest.approx(told.no_speech, abs=1e-4)


@pytest.mark.parametrize("most", [1, 2])
def test_a_guess_makes_no_more_tokens_than_were_asked_for(reader_of_few, told, most):
    assert reader_of_few.read(STATES, PROMPT, most, told.ids).ids == told.ids[:most]


def test_what_stands_before_the_start_is_read_too(reader_of_few, told):
    read = reader_of_few.read(STATES, (84, 11, 12, *PROMPT), MOST)
    assert read.ids != told.ids
    assert reader_of_few.read(STATES, (84, 11, 12, *PROMPT), MOST, told.ids).ids == read.ids


@pytest.mark.parametrize("count", [1, WINDOW_STATES - END_STATES + 1, WINDOW_STATES])
def test_the_shortest_and_the_longest_sound_fit(reader_of_few, count):
    states = np.random.default_rng(4).normal(0, 1, (count, WIDTH)).astype(np.float32)
    assert len(reader_of_few.read(states, PROMPT, 3).ids) == 3


def test_states_of_another_width_are_an_error_of_the_engine(reader_of_few):
    with pytest.raises(EngineError, match="failed on this sound"):
        reader_of_few.read(STATES[:, :-1], PROMPT, MOST)


async def test_two_may_be_read_at_once(reader_of_few, told):
    found = []

    async def read(guess):
        found.append(await anyio.to_thread.run_sync(partial(reader_of_few.read, STATES, PROMPT, MOST, guess)))

    async with anyio.create_task_group() as tasks:
        for guess in ((), told.ids, told.ids[:20], (7,)):
            tasks.start_soon(read, guess)
    assert {one.ids for one in found} == {told.ids}


def test_weights_that_are_laid_out_otherwise_are_refused(small):
    class Tanh(SmallDecoder):
        def number(self, name):
            return 1 if name == "decoder/activation" else super().number(name)

    with pytest.raises(NotConvertible, match="a decoder of Whisper's"):
        Sizes.of(Tanh())


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"suppress_ids": 3, "suppress_ids_begin": []}'])
def test_without_rules_there_is_no_reader(tmp_path, said):
    (tmp_path / "config.json").write_text(said)
    with pytest.raises(NotConvertible, match=r"config\.json"):
        read_rules(tmp_path / "config.json", Marks(START, END, NO_SPEECH))


@pytest.fixture(scope="module")
def base(models):
    return models.fetch("whisper-base")


@pytest.fixture(scope="module")
def prompter(base):
    return Prompter(base.path("tokenizer.json"), multilingual=True)


@pytest.fixture(scope="module")
def network(base):
    return Network(base.folder, threads=2, compute_type="int8")


@pytest.fixture(scope="module")
def real(base, prompter, network):
    return SpeculativeDecoder.of(base.folder, prompter.marks, network.tail, threads=2)


@weights
def test_the_words_are_those_of_ctranslate2_and_a_guess_leaves_them(real, network, prompter, reader, sentences):
    """Both are INT8, rounded in different places, so where two tokens are about as likely they may choose otherwise."""
    prompt, same = prompter.prompt("en"), 0
    for sentence in list(sentences.values())[:8]:
        sound = reader.read(sentence)
        states, most = network.encode(sound), most_tokens(sound)
        one, other = real.read(states, prompt, most), network.decode(states, prompt, Search(), most)
        same += one.ids == other.ids
        assert one.confidence == pytest.approx(other.confidence, abs=0.08)
        assert one.no_speech == pytest.approx(other.no_speech, abs=0.1)
        guessed = real.read(states, prompt, most, [*one.ids[:-2], 1, 2])
        assert (guessed.ids, guessed.kept) == (one.ids, len(one.ids) - 2)
    assert same >= 7


@weights
@pytest.mark.parametrize("guess", [(1044, 291, 13), (440, 3847, 281), (25_000, 45_000), (264,) * 300, (60_000, -1)])
def test_no_guess_puts_words_into_anybodys_mouth(real, network, prompter, reader, sentences, guess):
    line = "Thank you very much for your help."
    read = real.read(network.encode(reader.read(sentences[line])), prompter.prompt("en"), 40, guess)
    assert prompter.text(read.ids) == line
