"""An MMS-TTS voice, as transformers saves it, to ONNX. Knows no text.

The graph is written for this voice's sizes, batch 1, with the inputs and outputs of a Piper voice, so that one engine
runs both: `input` (1, symbols) int64, `scales` (noise, length, noise of the durations) -> `output` (1, 1, samples).
"""

import shutil
from pathlib import Path
from typing import Final

from inzwa.errors import NotConvertible
from inzwa.formats.onnx_writer import GraphWriter
from inzwa.models.convert.checkpoint import Checkpoint
from inzwa.models.convert.vits_durations import Durations
from inzwa.models.convert.vits_layers import Layers, Sizes
from inzwa.models.convert.vits_sound import Sound
from inzwa.models.convert.vits_text import Meaning, TextEncoder
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import ProgressCallback

GRAPH: Final = "model.onnx"
_READ_BY_THE_VOICE: Final = ("config.json", "vocab.json", "tokenizer_config.json")


def convert(source: LocalModel, out: Path, report: ProgressCallback) -> None:
    """Write model.onnx into `out`, and beside it what turns text into ids: config, vocabulary, tokenizer's settings."""
    checkpoint = Checkpoint(source, GRAPH, report)
    sizes = Sizes.read(checkpoint.config("vits"))
    if checkpoint.path("vocab.json") is None:
        raise NotConvertible(f"{source.name}: expected vocab.json, found none")
    (out / GRAPH).write_bytes(vits_graph(checkpoint, sizes))
    for name in _READ_BY_THE_VOICE:
        if path := checkpoint.path(name):
            shutil.copyfile(path, out / name)
    checkpoint.finish()


def vits_graph(checkpoint: Checkpoint, sizes: Sizes) -> bytes:
    """The .onnx file."""
    graph = GraphWriter()
    layers = Layers(graph, checkpoint)
    ids = graph.input("input", [1, "symbols"], whole=True)
    graph.input("scales", [3])
    meaning = TextEncoder(layers, sizes).write(ids)
    frames = _frames(graph, Durations(layers, sizes).write(meaning.hidden, *_duration_noise(graph, ids)))
    sound = Sound(layers, sizes)
    latent = sound.flow(_drawn(graph, meaning, frames), to="z")
    sound.decode(latent, to="output")
    for name in ("mean", "deviation", "frame_noise", "z"):
        graph.declare(name, [1, sizes.flow_size, "frames"])
    graph.output("output", [1, 1, "samples"])
    return graph.written()


def _duration_noise(graph: GraphWriter, ids: str) -> tuple[str, str]:
    """Two channels of noise, (1, 1, symbols) each."""
    shape = graph.run("Concat", graph.whole(1, 2), graph.run("Shape", ids, start=1, end=2), axis=0)
    noise = graph.run("RandomNormalLike", graph.run("ConstantOfShape", shape), to="duration_noise")
    graph.declare(noise, [1, 2, "symbols"])
    return graph.split(graph.run("Mul", noise, _scale(graph, 2)), axis=1)


def _frames(graph: GraphWriter, log_durations: str) -> str:
    """The symbol that each frame belongs to, (frames,)."""
    durations = graph.run("Reshape", graph.run("Exp", log_durations), graph.whole(-1))
    durations = graph.run("Ceil", graph.run("Mul", durations, _scale(graph, 1)))
    ends = graph.cast(graph.run("CumSum", durations, graph.index(0)), whole=True)
    last = graph.run("Gather", ends, graph.index(-1), axis=0)
    times = graph.run("Range", graph.index(0), graph.run("Max", last, graph.index(1)), graph.index(1))
    passed = graph.run("LessOrEqual", ends, graph.run("Unsqueeze", times, graph.whole(1)))
    count = graph.run("ReduceSum", graph.cast(passed, whole=True), graph.whole(1), keepdims=0)
    last_symbol = graph.run("Sub", graph.run("Shape", ends), graph.whole(1))
    return graph.run("Min", count, last_symbol)  # where nothing lasts, the one frame is the last symbol's


def _drawn(graph: GraphWriter, meaning: Meaning, frames: str) -> str:
    """What each frame sounds like, drawn from its symbol's distribution, (1, flow size, frames)."""
    mean = graph.run("Gather", meaning.mean, frames, axis=2, to="mean")
    spread = graph.run("Exp", graph.run("Gather", meaning.log_deviation, frames, axis=2))
    deviation = graph.run("Mul", spread, _scale(graph, 0), to="deviation")
    noise = graph.run("RandomNormalLike", mean, to="frame_noise")
    return graph.run("Add", mean, graph.run("Mul", noise, deviation))


def _scale(graph: GraphWriter, number: int) -> str:
    return graph.run("Gather", "scales", graph.index(number), axis=0)
