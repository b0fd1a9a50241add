"""whisper.cpp on the small model, converted here: what it hears, refuses and lets go."""

import anyio
import numpy as np
import pytest

from inzwa.engines.asr.whisper_cpp import open_whisper_cpp
from inzwa.errors import AudioTooLong, BadAudio, EngineError, UnsupportedFormat
from inzwa.models.convert.whisper_ggml import TARGET, convert
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import silent
from inzwa.protocols import FileInfo, HearOptions
from tests.sounds import quiet, tone

pytestmark = pytest.mark.weights

ENGLISH = HearOptions(language="en")
PARTIAL = HearOptions(language="en", final=False)
LINE = "The train to the city leaves at nine in the morning."


def on_disk(folder, data=b""):
    if data:
        (folder / TARGET).write_bytes(data)
    return LocalModel(name="base", folder=folder, files=(FileInfo(TARGET, (folder / TARGET).stat().st_size, ""),))


@pytest.fixture(scope="module")
def made(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ggml")
    convert(models.fetch("whisper-base"), folder, silent)
    return on_disk(folder)


@pytest.fixture(scope="module")
def engine(made):
    with open_whisper_cpp(made) as opened:
        yield opened


def words(text):
    return text.lower().strip(".!?").split()


async def test_a_spoken_sentence_is_recognised(engine, voice, sentences):
    heard = await engine.transcribe(voice.say(sentences[LINE]), ENGLISH)
    assert words(heard.text) == words(LINE)
    assert -0.6 < heard.confidence < 0


async def test_every_sentence_is_heard_to_its_end_and_told_once(engine, whisper, voice, sentences):
    """As the other engine hears the same weights: whatever the small model gets wrong, both do."""
    for line in list(sentences.values())[1:4]:
        sound = voice.say(line)
        heard, expected = await engine.transcribe(sound, ENGLISH), await whisper.transcribe(sound, ENGLISH)
        assert len(set(words(heard.text)) ^ set(words(expected.text))) <= 2
        assert abs(len(words(heard.text)) - len(words(expected.text))) <= 1


async def test_a_partial_hears_what_was_said_so_far(engine, voice, sentences):
    sound = voice.say(sentences[LINE])
    heard = await engine.transcribe(sound[: sound.size // 2], PARTIAL)
    assert words(heard.text)[:3] == words(LINE)[:3]


@pytest.mark.parametrize("sound", [quiet(0), quiet(10), quiet(3_000)], ids=["nothing", "10 ms", "silence"])
async def test_silence_gives_no_text(engine, sound):
    assert (await engine.transcribe(sound, HearOptions())).text == ""


async def test_hotwords_do_not_appear_where_they_were_not_said(engine, voice, sentences):
    options = HearOptions(language="en", hotwords=("Chitungwiza", "Bulawayo", "x" * 500))
    heard = await engine.transcribe(voice.say(sentences[LINE]), options)
    assert words(heard.text)[:3] == words(LINE)[:3]
    assert not set(words(heard.text)) & {"chitungwiza", "bulawayo"}


async def test_sound_that_cannot_be_heard_is_refused(engine):
    with pytest.raises(AudioTooLong, match="30 s at most"):
        await engine.transcribe(tone(30_001), ENGLISH)
    with pytest.raises(BadAudio, match="no numbers"):
        await engine.transcribe(np.full(16_000, np.nan, dtype=np.float32), ENGLISH)
    with pytest.raises(UnsupportedFormat, match="klingon"):
        await engine.transcribe(tone(500), HearOptions(language="klingon"))


async def test_a_cancelled_call_leaves_the_engine_fit_for_the_next(engine, voice, sentences):
    sound = voice.say(sentences[LINE])
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(engine.transcribe, sound, PARTIAL)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert words((await engine.transcribe(sound, ENGLISH)).text) == words(LINE)


def test_it_says_what_it_is(engine):
    assert (engine.info.engine, engine.info.model) == ("whisper.cpp", "base")
    assert engine.info.version.startswith("pywhispercpp ")


@pytest.mark.parametrize("length", [0, 40, 56, 20_000_000], ids=["empty", "half a head", "a head", "cut off"])
def test_a_file_that_is_no_model_is_refused(made, tmp_path, length):
    cut = on_disk(tmp_path, made.path(".bin").read_bytes()[:length] or b"x")
    with pytest.raises(EngineError, match=r"no model that whisper\.cpp can load"), open_whisper_cpp(cut):
        pass


def test_a_model_of_the_other_engine_is_refused(models):
    other = models.fetch("whisper-base")
    with pytest.raises(EngineError, match="wants one file of its own format"), open_whisper_cpp(other):
        pass
