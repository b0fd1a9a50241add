"""Graphs of other makers: with speakers, with constants, and such as cannot be cut, which are run whole."""

from contextlib import aclosing

import numpy as np
import onnxruntime
import pytest

from inzwa.engines.tts.chunked_voice import ChunkedVoice, Uncuttable
from inzwa.engines.tts.text.frontend import SynthesisConfig
from inzwa.engines.tts.vits import open_vits
from inzwa.engines.tts.whole_voice import WholeVoice, open_graph
from inzwa.errors import EngineError
from inzwa.formats.onnx_writer import GraphWriter
from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo, VoiceOptions

CHANNELS, SYMBOLS, SPEAKERS, HOP = 3, 40, 3, 4
PACE = SynthesisConfig(0.667, 1.0, 0.8, speaker=1)


def graph(*, ids="input", uncuttable=False):
    """What a VITS with speakers comes down to, one frame a symbol. `uncuttable` lets the decoder see the text."""
    draw, writer = np.random.default_rng(0), GraphWriter()
    text = writer.input(ids, [1, "symbols"], int64=True)
    scales, speaker = writer.input("scales", [3]), writer.input("sid", [1], int64=True)
    table = weight(writer, draw, "table", 20, CHANNELS)
    mean = writer.node("Transpose", writer.node("Gather", table, text, axis=0), perm=[0, 2, 1], to="mean")
    noise = writer.node(
        "Mul", writer.node("RandomNormalLike", mean), writer.node("Gather", scales, writer.int_scalar(0))
    )
    z = writer.node("Add", mean, noise, to="z")
    vector = writer.node("Gather", weight(writer, draw, "speakers", SPEAKERS, CHANNELS), speaker, axis=0)
    x = writer.node("Add", convolved(writer, draw, z, "first"), writer.node("Unsqueeze", vector, writer.int_vector(2)))
    if uncuttable:
        x = writer.node("Add", x, writer.node("Tanh", mean))
    up = writer.node(
        "ConvTranspose", x, weight(writer, draw, "up", CHANNELS, 1, 8), kernel_shape=[8], strides=[HOP], pads=[2, 2]
    )
    constant = writer.node("Cos", writer.node("ConstantOfShape", writer.int_vector(1)))
    writer.node("Tanh", writer.node("Mul", up, constant), to="output")
    writer.output("output", [1, 1, "samples"])
    return writer.to_bytes()


def weight(writer, draw, name, *shape):
    return writer.weight(name, draw.normal(size=shape).astype(np.float32))


def convolved(writer, draw, x, name):
    kernel = weight(writer, draw, name, CHANNELS, CHANNELS, 3)
    return writer.node("Conv", x, kernel, kernel_shape=[3], strides=[1], dilations=[1], pads=[1, 1])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "voice.onnx"


IDS = np.random.default_rng(1).integers(0, 20, (1, SYMBOLS * 3))


def quiet(speaker):
    return SynthesisConfig(0.0, 1.0, 0.0, speaker=speaker)


def test_a_graph_with_speakers_and_constants_is_cut_and_gives_what_it_gave_whole(path):
    path.write_bytes(graph())
    voice = open_graph(path, threads=1)
    assert isinstance(voice, ChunkedVoice)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for speaker in range(SPEAKERS):
        feed = {"input": IDS, "scales": np.array([0, 1, 0], dtype=np.float32), "sid": np.array([speaker])}
        (whole,) = session.run(None, feed)
        chunks = list(voice.say(IDS, quiet(speaker), np.random.default_rng()))
        assert len(chunks) > 1
        assert np.abs(np.concatenate(chunks) - whole.reshape(-1)).max() <= 1e-6


def test_another_speaker_sounds_different(path):
    path.write_bytes(graph())
    voice = open_graph(path, threads=1)
    first, second = (voice.say_whole(IDS, quiet(speaker), np.random.default_rng()) for speaker in (0, 1))
    assert np.abs(first - second).max() > 0.1


def test_a_graph_that_cannot_be_cut_is_run_whole(path):
    path.write_bytes(graph(uncuttable=True))
    with pytest.raises(Uncuttable):
        ChunkedVoice(path, threads=1)
    voice = open_graph(path, threads=1)
    assert isinstance(voice, WholeVoice)
    (sound,) = voice.say(IDS, PACE, np.random.default_rng())
    assert sound.shape == (SYMBOLS * 3 * HOP,)
    assert np.isfinite(sound).all()


def test_a_graph_that_takes_something_else_is_refused(path):
    path.write_bytes(graph(ids="mel", uncuttable=True))
    with pytest.raises(EngineError, match="mel"):
        open_graph(path, threads=1)


def test_bytes_that_are_no_graph_are_refused(path):
    path.write_bytes(b"not a graph")
    with pytest.raises(EngineError, match=r"voice\.onnx"):
        open_graph(path, threads=1)


SAID = """{"audio": {"sample_rate": 16000}, "espeak": {"voice": "en"}, "num_speakers": 3,
"inference": {"noise_scale": 0, "length_scale": 1, "noise_w": 0},
"speaker_id_map": {"Rudo": 0, "Tendai": 1, "Chipo": 2},
"phoneme_id_map": {"_": [0], "^": [1], "$": [2], "m": [3], "h": [4], "o": [5], "ʊ": [6], "ɹ": [7], "ˈ": [8]}}"""


async def test_each_speaker_of_a_voice_can_be_chosen_by_name(path):
    path.write_bytes(graph())
    path.with_suffix(".onnx.json").write_text(SAID, encoding="utf-8")
    files = tuple(FileInfo(name, 1, "") for name in ("voice.onnx", "voice.onnx.json"))
    async with open_vits(LocalModel(name="many", folder=path.parent, files=files), threads=1) as voice:
        assert voice.voices == ("many", "many/Rudo", "many/Tendai", "many/Chipo")
        sounds = [np.concatenate([chunk async for chunk in spoken(voice, name)]) for name in voice.voices]
    assert np.array_equal(sounds[0], sounds[1])
    assert not np.allclose(sounds[1], sounds[2])


async def spoken(voice, name):
    async with aclosing(voice.speak("Mhoro", VoiceOptions(voice=name))) as chunks:
        async for chunk in chunks:
            yield chunk.sound
