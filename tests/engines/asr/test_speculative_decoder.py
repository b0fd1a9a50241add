"""Speculative decoding: what it computes, which draft tokens it accepts, and that no draft changes the words."""

from dataclasses import replace
from functools import partial

import anyio
import numpy as np
import pytest

from inzwa.engines.asr.decoder import Decoder, read_rules
from inzwa.engines.asr.decoder_graph import Graphs, Sizes
from inzwa.engines.asr.network import END_STATES, WINDOW_STATES, Search
from inzwa.engines.asr.networks import open_network
from inzwa.engines.asr.speculative_decoder import DRAFT_TOKENS_PER_PASS, decode_greedily
from inzwa.engines.asr.tokenizer import SpecialTokens
from inzwa.errors import EngineError, NotConvertible
from tests.engines.asr.small_decoder import END, NO_SPEECH, PROMPT, RULES, START, WIDTH, SmallDecoder

MOST = 40
STATES = np.random.default_rng(2).normal(0, 1, (30, WIDTH)).astype(np.float32)
QUIET = np.random.default_rng(3).normal(0, 1, (WINDOW_STATES, WIDTH)).astype(np.float32)

weights = pytest.mark.weights


@pytest.fixture(scope="module")
def small():
    return SmallDecoder()


class Greedy:
    """The decoder as it is used for one transcript after the other."""

    def __init__(self, model, rules=RULES):
        self.decoder = Decoder(model, Graphs.of(model, rules), rules, QUIET, threads=1)

    def decode(self, states, prompt, most, draft=()):
        return decode_greedily(self.decoder, self.decoder.cross(states), prompt, most, draft)


@pytest.fixture(scope="module")
def decoder(small):
    return Greedy(small)


@pytest.fixture(scope="module")
def expected(decoder):
    """What is decoded without a draft."""
    return decoder.decode(STATES, PROMPT, MOST)


def test_it_computes_what_whispers_decoder_computes(small, expected):
    log_probs = small.log_probs([*PROMPT, *expected.ids], np.concatenate((STATES, QUIET[-END_STATES:])))
    assert expected.no_speech == pytest.approx(np.exp(log_probs[0, NO_SPEECH]), rel=0.2)
    places = log_probs[len(PROMPT) - 1 :]
    places[:, list(RULES.suppressed)] = -np.inf
    places[0, list(RULES.suppressed_first)] = -np.inf
    places -= np.log(np.exp(places).sum(axis=1, keepdims=True))
    found = places[range(MOST), expected.ids]
    assert found == pytest.approx(places[:MOST].max(axis=1), abs=0.2)
    assert expected.confidence == pytest.approx(found.mean(), abs=0.05)


def test_it_decodes_as_many_tokens_as_it_may_and_none_that_is_suppressed(expected):
    assert len(expected.ids) == MOST
    assert expected.accepted == 0
    assert not set(expected.ids) & set(RULES.suppressed)
    assert expected.ids[0] not in RULES.suppressed_first


def test_it_stops_at_the_end(small, expected):
    end = expected.ids[6]
    again = Greedy(small, replace(RULES, end=end))
    assert again.decode(STATES, PROMPT, MOST).ids == expected.ids[: expected.ids.index(end)]


@pytest.mark.parametrize(
    ("draft", "accepted"),
    [
        (lambda ids: ids, MOST - 1),
        (lambda ids: [*ids, *ids], MOST - 1),
        (lambda ids: ids[:9], 9),
        (lambda ids: [*ids[:DRAFT_TOKENS_PER_PASS], 7, 7], DRAFT_TOKENS_PER_PASS),
        (lambda ids: [*ids[:8], (ids[8] + 1) % END, *ids[9:]], 8),
        (lambda ids: [(ids[0] + 1) % END, *ids[1:]], 0),
        (lambda ids: [END, START, *ids], 0),
        (lambda ids: [-1, 10_000], 0),
    ],
    ids=["right", "too long", "a part", "right for one pass", "wrong within", "wrong at once", "no text", "no tokens"],
)
def test_a_draft_changes_nothing_and_is_accepted_as_far_as_it_is_right(decoder, expected, draft, accepted):
    decoded = decoder.decode(STATES, PROMPT, MOST, draft(list(expected.ids)))
    assert (decoded.ids, decoded.accepted) == (expected.ids, accepted)
    assert decoded.confidence == pytest.approx(expected.confidence, abs=1e-4)
    assert decoded.no_speech == pytest.approx(expected.no_speech, abs=1e-4)


@pytest.mark.parametrize("most", [1, 2])
def test_a_draft_makes_no_more_tokens_than_were_asked_for(decoder, expected, most):
    assert decoder.decode(STATES, PROMPT, most, expected.ids).ids == expected.ids[:most]


def test_tokens_before_the_start_count_too(decoder, expected):
    decoded = decoder.decode(STATES, (84, 11, 12, *PROMPT), MOST)
    assert decoded.ids != expected.ids
    assert decoder.decode(STATES, (84, 11, 12, *PROMPT), MOST, expected.ids).ids == decoded.ids


@pytest.mark.parametrize("count", [1, WINDOW_STATES - END_STATES + 1, WINDOW_STATES])
def test_the_shortest_and_the_longest_sound_fit(decoder, count):
    states = np.random.default_rng(4).normal(0, 1, (count, WIDTH)).astype(np.float32)
    assert len(decoder.decode(states, PROMPT, 3).ids) == 3


def test_states_of_another_width_are_an_error_of_the_engine(decoder):
    with pytest.raises(EngineError, match="failed on this sound"):
        decoder.decode(STATES[:, :-1], PROMPT, MOST)


async def test_several_may_be_decoded_at_once(decoder, expected):
    found = []

    async def decode(draft):
        found.append(await anyio.to_thread.run_sync(partial(decoder.decode, STATES, PROMPT, MOST, draft)))

    async with anyio.create_task_group() as tasks:
        for draft in ((), expected.ids, expected.ids[:20], (7,)):
            tasks.start_soon(decode, draft)
    assert {one.ids for one in found} == {expected.ids}


def test_weights_that_are_laid_out_otherwise_are_refused(small):
    class Tanh(SmallDecoder):
        def number(self, name):
            return 1 if name == "decoder/activation" else super().number(name)

    with pytest.raises(NotConvertible, match="a decoder of Whisper's"):
        Sizes.of(Tanh())


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"suppress_ids": 3, "suppress_ids_begin": []}'])
def test_without_rules_there_is_no_decoder(tmp_path, said):
    (tmp_path / "config.json").write_text(said)
    with pytest.raises(NotConvertible, match=r"config\.json"):
        read_rules(tmp_path / "config.json", SpecialTokens(START, END, NO_SPEECH))


@pytest.fixture(scope="module")
def opened(models):
    return open_network(models.fetch("whisper-base"), threads=2)


@weights
@pytest.mark.parametrize("draft", [(1044, 291, 13), (440, 3847, 281), (25_000, 45_000), (264,) * 300, (60_000, -1)])
def test_no_draft_adds_words_that_were_not_said(opened, voice, sentences, draft):
    line, (network, tokenizer) = "Thank you very much for your help.", opened
    states = network.encode(voice.say(sentences[line]))
    decoded = network.decode(states, tokenizer.prompt("en"), Search(), 40, draft)
    assert tokenizer.text(decoded.ids) == line
