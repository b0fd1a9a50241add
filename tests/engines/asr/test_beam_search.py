"""Beam search: what it finds, when it stops, and that hypotheses side by side do not touch each other."""

from dataclasses import replace

import numpy as np
import pytest

from inzwa.engines.asr.beam_search import decode_in_beam
from inzwa.engines.asr.decoder import Decoder
from inzwa.engines.asr.decoder_graph import TEXT, Graphs
from inzwa.engines.asr.network import END_STATES, WINDOW_STATES
from inzwa.engines.asr.speculative_decoder import decode_greedily
from tests.engines.asr.small_decoder import NO_SPEECH, PROMPT, RULES, WIDTH, SmallDecoder

MOST = 12
STATES = np.random.default_rng(2).normal(0, 1, (30, WIDTH)).astype(np.float32)
QUIET = np.random.default_rng(3).normal(0, 1, (WINDOW_STATES, WIDTH)).astype(np.float32)


@pytest.fixture(scope="module")
def small():
    return SmallDecoder()


def opened(model, rules=RULES):
    return Decoder(model, Graphs.of(model, rules), rules, QUIET, threads=1)


@pytest.fixture(scope="module")
def decoder(small):
    return opened(small)


@pytest.fixture(scope="module")
def cross(decoder):
    return decoder.cross(STATES)


def test_one_hypothesis_is_what_greedy_decoding_finds(decoder, cross):
    found, greedy = decode_in_beam(decoder, cross, PROMPT, 1, MOST), decode_greedily(decoder, cross, PROMPT, MOST)
    assert found.ids == greedy.ids
    assert found.confidence == pytest.approx(greedy.confidence, abs=1e-4)
    assert found.no_speech == pytest.approx(greedy.no_speech, abs=1e-4)


def test_several_find_what_is_likelier_than_the_greedy_choice(decoder, cross):
    greedy = decode_greedily(decoder, cross, PROMPT, MOST)
    found = decode_in_beam(decoder, cross, PROMPT, 5, MOST)
    assert found.ids != greedy.ids
    assert found.confidence > greedy.confidence


def test_its_confidence_is_that_of_whispers_decoder(small, decoder, cross):
    found = decode_in_beam(decoder, cross, PROMPT, 5, MOST)
    log_probs = small.log_probs([*PROMPT, *found.ids], np.concatenate((STATES, QUIET[-END_STATES:])))
    places = log_probs[len(PROMPT) - 1 : -1]
    places[:, list(RULES.suppressed)] = -np.inf
    places[0, list(RULES.suppressed_first)] = -np.inf
    places -= np.log(np.exp(places).sum(axis=1, keepdims=True))
    assert found.confidence == pytest.approx(places[range(MOST), found.ids].mean(), abs=0.05)
    assert found.no_speech == pytest.approx(np.exp(log_probs[0, NO_SPEECH]), rel=0.2)


def test_it_stops_at_the_end(small, decoder, cross):
    free = decode_in_beam(decoder, cross, PROMPT, 3, MOST)
    end = free.ids[4]
    bounded = opened(small, replace(RULES, end=end))
    found = decode_in_beam(bounded, bounded.cross(STATES), PROMPT, 3, MOST)
    assert end not in found.ids
    assert len(found.ids) < MOST


@pytest.mark.parametrize("most", [1, 2, 5])
def test_it_makes_no_more_tokens_than_were_asked_for(decoder, cross, most):
    assert len(decode_in_beam(decoder, cross, PROMPT, 5, most).ids) == most


def test_hypotheses_side_by_side_are_read_as_if_each_were_alone(decoder, cross):
    read = decoder.run([PROMPT], [3], [TEXT], decoder.empty, cross).cache
    rows = [[7], [30], [61]]
    both = decoder.run(rows, [0], [TEXT], {name: value[[0, 0, 0]] for name, value in read.items()}, cross, most=4)
    for number, row in enumerate(rows):
        alone = decoder.run([row], [0], [TEXT], read, cross, most=4)
        assert both.ids[number].tolist() == alone.ids[0].tolist()
        assert both.log_probs[number] == pytest.approx(alone.log_probs[0], abs=1e-4)
