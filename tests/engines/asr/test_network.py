"""The network over a short window: the words, their end, and silence."""

import numpy as np
import pytest

from inzwa.engines.asr.network import END_STATES, PAD_MS, WINDOW_MS, WINDOW_STATES, Network, Search
from inzwa.engines.asr.tokenizer import WhisperTokenizer
from inzwa.errors import EngineError
from tests.sounds import quiet, tone

pytestmark = pytest.mark.weights

STATE_MS = 20
LINE = "The train to the city leaves at nine in the morning."


@pytest.fixture(scope="module")
def network(models):
    return Network(models.fetch("whisper-base").folder, threads=2)


@pytest.fixture(scope="module")
def tokenizer(models):
    return WhisperTokenizer(models.fetch("whisper-base").path("tokenizer.json"), multilingual=True)


@pytest.fixture(scope="module")
def spoken(voice, sentences):
    return voice.say(sentences[LINE])


def test_only_the_sound_and_a_second_are_encoded(network):
    assert network.encode(tone(2_000)).shape[0] == (2_000 + PAD_MS) / STATE_MS


@pytest.mark.parametrize("ms", [0, 1, 29_500, WINDOW_MS])
def test_the_shortest_and_the_longest_sound_fit(network, tokenizer, ms):
    states = network.encode(tone(ms))
    assert states.shape[0] == min(ms + PAD_MS, WINDOW_MS) // STATE_MS
    assert len(network.decode(states, tokenizer.prompt("en"), Search(), 4).ids) <= 4


@pytest.mark.parametrize("search", [Search(), Search(WINDOW_STATES), Search(beam=3)])
def test_every_search_finds_the_words(network, tokenizer, spoken, search):
    decoded = network.decode(network.encode(spoken), tokenizer.prompt("en"), search, 60)
    assert "leaves at" in tokenizer.text(decoded.ids)
    assert -1 < decoded.confidence < 0
    assert 0 <= decoded.no_speech < 0.6


def test_no_more_tokens_are_made_than_asked_for(network, tokenizer, spoken):
    states = network.encode(spoken)
    for prompt in (tokenizer.prompt("en"), tokenizer.prompt("en", ["Harare"] * 20)):
        assert len(network.decode(states, prompt, Search(), 5).ids) == 5


def test_the_silent_end_keeps_the_decoder_from_repeating_itself(network, tokenizer, voice, sentences):
    """Whole sentences: what becomes of two words depends on the processor, and a second pass mends it."""
    said = {
        "The children walked home from school in the rain.": "children",
        "We planted beans and pumpkins behind the house.": "pumpkins",
        "They have been waiting for the bus since noon.": "noon",
    }

    def times_heard(end_states):
        heard = []
        for sentence, word in said.items():
            states = network.encode(voice.say(sentences[sentence]))
            decoded = network.decode(states, tokenizer.prompt("en"), Search(end_states), 40)
            heard.append(tokenizer.text(decoded.ids).lower().count(word))
        return heard

    assert max(times_heard(0)) > 1
    assert times_heard(END_STATES) == times_heard(WINDOW_STATES) == [1, 1, 1]


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(EngineError, match="no Whisper"):
        Network(tmp_path, threads=1)


def test_silence_is_told_from_speech(network, tokenizer, spoken):
    def no_speech(sound):
        return network.decode(network.encode(sound), tokenizer.prompt("en"), Search(), 8).no_speech

    noise = np.random.default_rng(1).normal(0, 0.02, 32_000).astype(np.float32)
    assert no_speech(quiet(2_000)) > 0.6
    assert no_speech(noise) > 0.6
    assert no_speech(spoken) < 0.4
