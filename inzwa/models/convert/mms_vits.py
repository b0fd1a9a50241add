"""An MMS-TTS voice, as transformers saves it, to ONNX.

The graph is written for this voice's sizes, batch 1, with the inputs and outputs of a Piper voice, so that one engine
runs both: `input` (1, symbols) int64, `scales` (noise, length, noise of the durations) -> `output` (1, 1, samples).
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from inzwa.errors import NotConvertible
from inzwa.formats.onnx_writer import GraphWriter
from inzwa.models.convert.checkpoint import Checkpoint
from inzwa.models.convert.vits_durations import Durations
from inzwa.models.convert.vits_layers import Layers, Sizes
from inzwa.models.convert.vits_sound import SoundDecoder
from inzwa.models.convert.vits_text import EncodedText, TextEncoder
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import ProgressCallback

GRAPH: Final = "model.onnx"
_COPIED: Final = ("config.json", "vocab.json", "tokenizer_config.json")


def convert(source: LocalModel, out: Path, report: ProgressCallback) -> None:
    """Write model.onnx into `out`, and copy config, vocabulary and tokenizer settings, which turn text into ids."""
    checkpoint = Checkpoint(source, GRAPH, report)
    sizes = Sizes.read(checkpoint.config("vits"))
    if checkpoint.path("vocab.json") is None:
        raise NotConvertible(f"{source.name}: expected vocab.json, found none")
    (out / GRAPH).write_bytes(vits_graph(checkpoint, sizes))
    for name in _COPIED:
        if path := checkpoint.path(name):
            shutil.copyfile(path, out / name)
    checkpoint.finish()


def vits_graph(checkpoint: Checkpoint, sizes: Sizes) -> bytes:
    """The .onnx file."""
    graph = GraphWriter()
    layers = Layers(graph, checkpoint)
    ids = graph.input("input", [1, "symbols"], int64=True)
    graph.input("scales", [3])
    text = TextEncoder(layers, sizes).write(ids)
    frames = _frames(graph, Durations(layers, sizes).write(text.hidden, *_duration_noise(graph, ids)))
    sound = SoundDecoder(layers, sizes)
    latent = sound.flow(_sampled(graph, text, frames), to="z")
    sound.decode(latent, to="output")
    for name in ("mean", "deviation", "frame_noise", "z"):
        graph.declare(name, [1, sizes.flow_size, "frames"])
    graph.output("output", [1, 1, "samples"])
    return graph.to_bytes()


def _duration_noise(graph: GraphWriter, ids: str) -> Sequence[str]:
    """Two channels of noise, (1, 1, symbols) each."""
    shape = graph.node("Concat", graph.int_vector(1, 2), graph.node("Shape", ids, start=1, end=2), axis=0)
    noise = graph.node("RandomNormalLike", graph.node("ConstantOfShape", shape), to="duration_noise")
    graph.declare(noise, [1, 2, "symbols"])
    return graph.split(graph.node("Mul", noise, _scale(graph, 2)), axis=1)


def _frames(graph: GraphWriter, log_durations: str) -> str:
    """The symbol that each frame belongs to, (frames,)."""
    durations = graph.node("Reshape", graph.node("Exp", log_durations), graph.int_vector(-1))
    durations = graph.node("Ceil", graph.node("Mul", durations, _scale(graph, 1)))
    ends = graph.cast(graph.node("CumSum", durations, graph.int_scalar(0)), int64=True)
    last = graph.node("Gather", ends, graph.int_scalar(-1), axis=0)
    times = graph.node("Range", graph.int_scalar(0), graph.node("Max", last, graph.int_scalar(1)), graph.int_scalar(1))
    passed = graph.node("LessOrEqual", ends, graph.node("Unsqueeze", times, graph.int_vector(1)))
    count = graph.node("ReduceSum", graph.cast(passed, int64=True), graph.int_vector(1), keepdims=0)
    last_symbol = graph.node("Sub", graph.node("Shape", ends), graph.int_vector(1))
    return graph.node("Min", count, last_symbol)  # if all durations are 0, the one frame is the last symbol's


def _sampled(graph: GraphWriter, text: EncodedText, frames: str) -> str:
    """Each frame's latent vector, drawn from its symbol's distribution, (1, flow size, frames)."""
    mean = graph.node("Gather", text.mean, frames, axis=2, to="mean")
    spread = graph.node("Exp", graph.node("Gather", text.log_deviation, frames, axis=2))
    deviation = graph.node("Mul", spread, _scale(graph, 0), to="deviation")
    noise = graph.node("RandomNormalLike", mean, to="frame_noise")
    return graph.node("Add", mean, graph.node("Mul", noise, deviation))


def _scale(graph: GraphWriter, number: int) -> str:
    return graph.node("Gather", "scales", graph.int_scalar(number), axis=0)
