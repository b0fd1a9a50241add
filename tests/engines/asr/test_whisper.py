"""The recogniser as the pipeline sees it, on real weights."""

import json
from dataclasses import replace
from types import SimpleNamespace

import anyio
import numpy as np
import pytest

from inzwa.engines.asr.whisper import GREEDY, open_whisper, others
from inzwa.errors import AudioTooLong, BadAudio, EngineError, UnsupportedFormat
from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo, HearOptions
from tests.sounds import quiet, tone

ENGLISH = HearOptions(language="en")
PARTIAL = HearOptions(language="en", final=False)
LINE = "The train to the city leaves at nine in the morning."

weights = pytest.mark.weights


def noise(ms, level=0.02):
    return np.random.default_rng(1).normal(0, level, ms * 16).astype(np.float32)


def words(text):
    return text.lower().strip(".!?").split()


@weights
async def test_a_spoken_sentence_is_recognised(whisper, voice, sentences):
    heard = await whisper.transcribe(voice.say(sentences[LINE]), ENGLISH)
    assert words(heard.text) == words(LINE)
    assert heard.confidence > -0.5
    assert heard.no_speech < 0.4


@weights
async def test_a_partial_hears_what_was_said_so_far(whisper, voice, sentences):
    sound = voice.say(sentences[LINE])
    heard = await whisper.transcribe(sound[: sound.size // 2], PARTIAL)
    assert words(heard.text)[:3] == words(LINE)[:3]
    assert len(words(heard.text)) < len(words(LINE))


@weights
async def test_twenty_seconds_of_speech_are_heard_to_the_end(whisper, voice, sentences):
    said = list(sentences.values())[:8]
    sound = np.concatenate([part for line in said for part in (voice.say(line), quiet(250))])[: 16_000 * 22]
    heard = words((await whisper.transcribe(sound, ENGLISH)).text)
    expected = [word for line in said for word in words(line.text)]
    assert len(set(heard) & set(expected)) > 0.8 * len(set(expected))


@weights
@pytest.mark.parametrize("language", ["sn", "en"])
@pytest.mark.parametrize(
    "sound",
    [quiet(0), quiet(10), quiet(3_000), noise(3_000, 0.0002), noise(3_000), noise(1_000, 0.1)],
    ids=["nothing", "10 ms", "silence", "hiss", "noise", "loud noise"],
)
async def test_what_holds_no_words_gives_no_text(whisper, sound, language):
    heard = await whisper.transcribe(sound, HearOptions(language=language))
    assert heard.text == ""
    assert heard.no_speech > 0.6


@weights
async def test_hotwords_do_not_appear_where_they_were_not_said(whisper, voice, sentences):
    options = HearOptions(language="en", hotwords=("Chitungwiza", "Bulawayo", "Gweru"))
    heard = await whisper.transcribe(voice.say(sentences[LINE]), options)
    assert words(heard.text)[:3] == words(LINE)[:3]
    assert not set(words(heard.text)) & {"chitungwiza", "bulawayo", "gweru"}


@weights
@pytest.mark.parametrize("level", [0.02, 0.05, 0.1, 0.2])
async def test_a_list_of_hotwords_is_not_read_out_when_there_is_noise(whisper, level):
    places = ("Chitungwiza", "Bulawayo", "Mutare", "Gweru", "Kwekwe", "Masvingo", "Chinhoyi", "Marondera")
    heard = await whisper.transcribe(noise(3_000, level), HearOptions(hotwords=places))
    assert heard.text == ""


@weights
async def test_a_hotword_said_alone_is_heard(whisper, voice, sentences):
    said = voice.say(sentences["Good morning."])
    heard = await whisper.transcribe(said, HearOptions(language="en", hotwords=("good", "morning")))
    assert words(heard.text) == ["good", "morning"]


@weights
async def test_a_short_sentence_comes_once(whisper, voice, sentences):
    heard = await whisper.transcribe(voice.say(sentences["Good morning."]), ENGLISH)
    assert words(heard.text) == ["good", "morning"]


@pytest.mark.parametrize(
    ("options", "languages"),
    [
        (HearOptions(language="en"), []),
        (HearOptions(language="en", hotwords=("mhoro",)), ["en"]),
        (HearOptions(language="sn"), ["en"]),
        (HearOptions(language="sn", hotwords=("mhoro",)), ["sn", "en"]),
    ],
)
def test_what_is_not_clear_is_heard_without_hotwords_and_as_english(options, languages):
    assert others(options) == languages


@weights
async def test_sound_that_cannot_be_heard_is_refused(whisper):
    with pytest.raises(AudioTooLong, match="30 s at most"):
        await whisper.transcribe(tone(30_001), ENGLISH)
    with pytest.raises(BadAudio, match="no numbers"):
        await whisper.transcribe(np.full(16_000, np.nan, dtype=np.float32), ENGLISH)
    with pytest.raises(UnsupportedFormat, match="klingon"):
        await whisper.transcribe(tone(500), HearOptions(language="klingon"))


@weights
async def test_a_cancelled_call_leaves_the_engine_fit_for_the_next(whisper, voice, sentences):
    sound = voice.say(sentences[LINE])
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(whisper.transcribe, sound, PARTIAL)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert words((await whisper.transcribe(sound, ENGLISH)).text) == words(LINE)


@weights
async def test_calls_at_once_get_their_own_words(whisper, voice, sentences):
    said = list(sentences.values())[:3]
    heard = {}

    async def hear(line):
        heard[line.text] = await whisper.transcribe(voice.say(line), ENGLISH)

    async with anyio.create_task_group() as tasks:
        for line in said:
            tasks.start_soon(hear, line)
    for line in said:
        assert words(heard[line.text].text)[:2] == words(line.text)[:2]


@weights
def test_it_says_what_it_is(whisper):
    assert whisper.info.model == "whisper-base"
    assert whisper.info.version.startswith("onnxruntime ")
    assert {file.name for file in whisper.info.files} >= {"model.bin", "tokenizer.json"}


def test_files_that_are_no_whisper_are_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"not a model")
    broken = LocalModel(name="broken", folder=tmp_path, files=(FileInfo("model.bin", 11, ""),))
    with pytest.raises(EngineError, match="no Whisper"), open_whisper(broken):
        pass


@weights
async def test_where_no_draft_can_be_verified_ctranslate2_decodes(models, tmp_path, caplog, voice, sentences):
    base = models.fetch("whisper-base")
    for file in base.folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "config.json").unlink()
    rules = json.loads((base.folder / "config.json").read_text()) | {"suppress_ids_begin": None}
    (tmp_path / "config.json").write_text(json.dumps(rules))
    with caplog.at_level("INFO"), open_whisper(replace(base, folder=tmp_path), threads=1) as whisper:
        heard = await whisper.transcribe(voice.say(sentences[LINE]), ENGLISH)
    assert "runs on CTranslate2" in caplog.text
    assert heard.text
    assert whisper.info.version.startswith("ctranslate2 ")


@weights
@pytest.mark.parametrize(("hurried", "searched"), [(False, True), (True, False)])
async def test_what_is_unsure_is_searched_unless_somebody_waits(
    whisper, voice, sentences, monkeypatch, hurried, searched
):
    network, beams = whisper._network, set()

    def decode(encoded, prompt, search, *others):
        beams.add(search.beam)
        return replace(network.decode(encoded, prompt, GREEDY, *others), confidence=-1.5)

    monkeypatch.setattr(whisper, "_network", SimpleNamespace(encode=network.encode, decode=decode))
    await whisper.transcribe(voice.say(sentences[LINE]), replace(ENGLISH, hurried=hurried))
    assert (max(beams) > 1) == searched


@weights
async def test_draft_tokens_leave_the_words_as_they_are(whisper, voice, sentences):
    sound = voice.say(sentences[LINE])
    partial = await whisper.transcribe(sound[: sound.size * 3 // 4], PARTIAL)
    plain = await whisper.transcribe(sound, ENGLISH)
    for draft in (partial.tokens, plain.tokens):
        heard = await whisper.transcribe(sound, replace(ENGLISH, draft_tokens=draft))
        assert (heard.text, heard.tokens) == (plain.text, plain.tokens)
        assert heard.confidence == pytest.approx(plain.confidence, abs=0.05)
    assert len({*plain.tokens} & {*partial.tokens}) > len(plain.tokens) // 3  # processors differ in the first word


@weights
def test_a_sound_without_words_has_no_tokens(whisper):
    assert anyio.run(whisper.transcribe, quiet(500), ENGLISH).tokens == ()
