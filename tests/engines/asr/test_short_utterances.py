"""Words and sentences said once come out once and never empty: a short window makes the decoder repeat itself."""

from contextlib import aclosing

import numpy as np
import pytest

from benchmarks.rig.speech import trimmed
from benchmarks.spoken import Sentence
from inzwa.audio.pcm import INPUT_RATE, resample
from inzwa.engines.asr.hypothesis_checks import Hypothesis, is_repeated
from inzwa.engines.tts.vits import open_vits
from inzwa.protocols import HearOptions, VoiceOptions
from inzwa.shona.dialogue.hotwords import core_hotwords
from tests.sounds import quiet

pytestmark = pytest.mark.weights

ENGLISH = HearOptions(language="en")
SHONA = HearOptions(language="sn", hotwords=core_hotwords())
SAID = {
    "Yes.": "jˈɛs.",
    "No.": "nˈoʊ.",
    "Hello.": "həlˈoʊ.",
    "Water.": "wˈɔːɾɚ.",
    "Please.": "plˈiːz.",
    "Good night.": "ɡˈʊd nˈaɪt.",
    "Say that again.": "sˈeɪ ðæt ɐɡˈɛn.",
    "What time is it?": "wˌʌt tˈaɪm ɪz ɪt?",
    "Can you help me?": "kæn juː hˈɛlp mˌiː?",
    "Please tell me what the weather is like today.": "plˈiːz tˈɛl mˌiː wʌt ðə wˈɛðɚɹ ɪz lˈaɪk tədˈeɪ.",
}
TWICE = {
    "Yes, yes.": "jˈɛs, jˈɛs.",
    "No, no, no.": "nˈoʊ, nˈoʊ, nˈoʊ.",
    "Thank you, thank you.": "θˈæŋk juː, θˈæŋk juː.",
}
PADDING = [(200, 800), (100, 120)]
"""Milliseconds of silence before and behind: a whole recording, and what the endpointing cuts out of it."""


def padded(sound, before, behind):
    return np.concatenate((quiet(before), trimmed(sound), quiet(behind)))


def words(text):
    return "".join(letter for letter in text.lower() if letter.isalpha() or letter == " ").split()


@pytest.mark.parametrize(("before", "behind"), PADDING)
@pytest.mark.parametrize("text", SAID)
async def test_english_comes_once_and_right(whisper, voice, text, before, behind):
    sound = padded(voice.say(Sentence("en", text, SAID[text])), before, behind)
    assert words((await whisper.transcribe(sound, ENGLISH)).text) == words(text)


@pytest.mark.parametrize(("before", "behind"), PADDING)
@pytest.mark.parametrize("text", SAID)
async def test_english_taken_for_shona_comes_once(whisper, voice, text, before, behind):
    sound = padded(voice.say(Sentence("en", text, SAID[text])), before, behind)
    await require_once(whisper, sound)


@pytest.mark.parametrize(("before", "behind"), PADDING)
@pytest.mark.parametrize(
    "text", ["Ehe.", "Kwete.", "Hongu.", "Mangwanani.", "Makadii?", "Tatenda.", "Zvakanaka.", "Taurazve."]
)
async def test_shona_comes_once(whisper, voice, text, before, behind):
    await require_once(whisper, padded(voice.say(Sentence("sn", text, "")), before, behind))


@pytest.mark.parametrize("behind", [0, 120, 400])
async def test_a_sentence_that_loops_in_the_short_window_comes_once(whisper, models, behind):
    async with open_vits(models.fetch("joe-medium"), seed=11) as vits:
        phrase = vits.speak("Please tell me what the weather is like today.", VoiceOptions())
        async with aclosing(phrase) as chunks:
            sound = np.concatenate([chunk.sound async for chunk in chunks])
    sound = padded(resample(sound, vits.sample_rate, INPUT_RATE), 100, behind)
    await require_once(whisper, sound)


@pytest.mark.parametrize("text", TWICE)
async def test_what_is_said_several_times_comes_as_often(whisper, voice, text):
    sound = padded(voice.say(Sentence("en", text, TWICE[text])), 100, 120)
    assert words((await whisper.transcribe(sound, ENGLISH)).text) == words(text)


async def require_once(whisper, sound):
    heard = await whisper.transcribe(sound, SHONA)
    assert heard.text
    assert not is_repeated(Hypothesis(heard.text, heard.confidence, heard.no_speech))
