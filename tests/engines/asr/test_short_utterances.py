"""Words and sentences said once come out once and never empty: a short window makes the decoder repeat itself."""

from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

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
SOUNDS = Path(__file__).with_name("sounds")
"""Said by espeak-ng 1.51 (en-us, 150 words a minute), 0.2 s before and 0.8 s behind it quiet; 16 kHz."""
ESPEAK = {
    "yes": "Yes.",
    "yes_yes": "Yes, yes.",
    "can_you_help_me": "Can you help me?",
    "please_tell_me_the_weather": "Please tell me what the weather is like today.",
}


def spoken(name):
    return soundfile.read(SOUNDS / f"{name}.flac", dtype="float32")[0]


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


@pytest.mark.parametrize("options", [ENGLISH, SHONA, replace(SHONA, hotwords=())], ids=["en", "sn, core", "sn"])
@pytest.mark.parametrize("name", ESPEAK)
async def test_another_voice_is_heard_in_either_language(whisper, name, options):
    heard = await whisper.transcribe(spoken(name), options)
    assert words(heard.text) == words(ESPEAK[name])


@pytest.mark.parametrize("options", [ENGLISH, SHONA, replace(SHONA, hotwords=())], ids=["en", "sn, core", "sn"])
@pytest.mark.parametrize("name", ["can_you_help_me", "please_tell_me_the_weather"])
async def test_drafts_of_any_length_leave_one_copy(whisper, name, options):
    sound, tokens = spoken(name), ()
    for end in range(8_000, sound.size, 6_400):
        partial = replace(options, final=False, draft_tokens=tokens)
        tokens = (await whisper.transcribe(sound[:end], partial)).tokens
        heard = await whisper.transcribe(sound, replace(options, draft_tokens=tokens))
        assert words(heard.text) == words(ESPEAK[name])


async def test_tokens_of_a_transcript_are_those_of_its_text(whisper, voice):
    sound = padded(voice.say(Sentence("sn", "Makadii?", "")), 200, 0)
    heard = await whisper.transcribe(sound, SHONA)
    again = await whisper.transcribe(sound, replace(SHONA, draft_tokens=heard.tokens))
    assert len(heard.tokens) < 8
    assert again.text == heard.text


async def require_once(whisper, sound):
    heard = await whisper.transcribe(sound, SHONA)
    assert heard.text
    assert not is_repeated(Hypothesis(heard.text, heard.confidence, heard.no_speech))
