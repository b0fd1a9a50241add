"""The network over a short window: the words, their end, and silence."""

import numpy as np
import pytest

from inzwa.engines.asr.audio_checks import WINDOW_MS, max_tokens
from inzwa.engines.asr.ct2_network import Ct2Network
from inzwa.engines.asr.network import END_STATES, PAD_MS, WINDOW_STATES, Search
from inzwa.engines.asr.networks import open_network
from inzwa.errors import EngineError
from tests.sounds import quiet, tone

pytestmark = pytest.mark.weights

STATE_MS = 20
LINE = "The train to the city leaves at nine in the morning."


@pytest.fixture(scope="module")
def opened(models):
    return open_network(models.fetch("whisper-base"), threads=2)


@pytest.fixture(scope="module")
def tokenizer(opened):
    return opened[1]


@pytest.fixture(scope="module")
def ct2(models):
    return Ct2Network(models.fetch("whisper-base").folder, threads=2)


@pytest.fixture(params=["onnxruntime", "ctranslate2"])
def network(request, opened, ct2):
    return {"onnxruntime": opened[0], "ctranslate2": ct2}[request.param]


@pytest.fixture(scope="module")
def spoken(voice, sentences):
    return voice.say(sentences[LINE])


def test_only_the_sound_and_a_second_are_encoded(network):
    assert network.encode(tone(2_000)).states.shape[0] == (2_000 + PAD_MS) / STATE_MS


@pytest.mark.parametrize("ms", [0, 1, 29_500, WINDOW_MS])
def test_the_shortest_and_the_longest_sound_fit(network, tokenizer, ms):
    encoded = network.encode(tone(ms))
    assert encoded.states.shape[0] == min(ms + PAD_MS, WINDOW_MS) // STATE_MS
    assert len(network.decode(encoded, tokenizer.prompt("en"), Search(), 4).ids) <= 4


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
        Ct2Network(tmp_path, threads=1)


@pytest.mark.parametrize(("search", "alike"), [(Search(), 7), (Search(WINDOW_STATES), 7), (Search(beam=5), 5)])
def test_both_hear_the_same_words(opened, ct2, tokenizer, voice, sentences, search, alike):
    """Both are INT8, rounded in different places, so where two tokens are about as likely they may choose otherwise; a
    beam compares more of them."""
    same = 0
    for sentence in list(sentences.values())[:8]:
        sound = voice.say(sentence)
        one, other = (
            network.decode(network.encode(sound), tokenizer.prompt("en"), search, max_tokens(sound))
            for network in (opened[0], ct2)
        )
        same += one.ids == other.ids
        assert one.confidence == pytest.approx(other.confidence, abs=0.08)
        assert one.no_speech == pytest.approx(other.no_speech, abs=0.1)
    assert same >= alike


def test_a_draft_leaves_the_words_as_they_are(opened, tokenizer, voice, sentences):
    network = opened[0]
    for sentence in list(sentences.values())[:4]:
        sound = voice.say(sentence)
        states, most = network.encode(sound), max_tokens(sound)
        plain = network.decode(states, tokenizer.prompt("en"), Search(), most)
        drafted = network.decode(states, tokenizer.prompt("en"), Search(), most, [*plain.ids[:-2], 1, 2])
        assert (drafted.ids, drafted.accepted) == (plain.ids, len(plain.ids) - 2)


def test_silence_is_told_from_speech(network, tokenizer, spoken):
    def no_speech(sound):
        return network.decode(network.encode(sound), tokenizer.prompt("en"), Search(), 8).no_speech

    noise = np.random.default_rng(1).normal(0, 0.02, 32_000).astype(np.float32)
    assert no_speech(quiet(2_000)) > 0.6
    assert no_speech(noise) > 0.6
    assert no_speech(spoken) < 0.4
