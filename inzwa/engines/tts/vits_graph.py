"""Where a VITS graph is cut, so that sound can leave before the phrase is finished; found by structure, not by names.

    text  --(encoder, durations)-->  mean, spread, mask  --(+ noise, flow)-->  z  --(decoder)-->  sound

The decoder is nine tenths of the work and a convolution: each sample depends on the frames near it alone. So it runs
over a few frames at a time, with as many neighbours as its kernels reach, and gives the same samples as in one run.
Both places where the exported graph draws random numbers become inputs, so that a seed can repeat a phrase.

The parts are made each time the voice opens (0.3 s), so there is no second copy of the weights on the disk. The
package streaming-vits 0.4.2 cuts such a graph in two, not in three.
"""

import math
from dataclasses import dataclass

from inzwa.formats.onnx_graph import Graph, MalformedGraph, Node
from inzwa.formats.onnx_kernel import half_width

_NOISE_OPS = ("RandomNormalLike", "RandomNormal")
_OF_THE_SPEAKER = frozenset(("sid", "langid"))
"""Inputs that are the same for all frames: who speaks, and which language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seams:
    """How the three parts join."""

    duration_noise: str | None
    """Input of `text`, shape (1, 2, symbols); None where durations are not drawn."""
    mean: str
    """Output of `text`, shape (1, channels, frames): the flow's noise has this shape."""
    flow_noise: str
    """Input of `flow`."""
    z: str
    """Output of `flow` and input of `decoder`, shape (1, channels, frames)."""
    hop: int
    """Samples that the decoder makes of one frame."""
    reach: int
    """Frames on each side that the decoder looks at to make one frame's samples."""
    speaker: tuple[str, ...] = ()
    """Outputs of `text` that the decoder takes for every stretch: what it must know of the speaker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VitsParts:
    """Three models that make the whole, each the bytes of an .onnx file."""

    text: bytes
    """Phoneme ids, lengths, scales and the noise of the durations -> what the flow needs."""
    flow: bytes
    """What the flow needs, and its noise -> z."""
    decoder: bytes
    """z, and what is known of the speaker -> sound."""
    seams: Seams


def split_vits(graph: Graph) -> VitsParts:
    """The parts of an exported VITS. MalformedGraph where the graph is not one."""
    noises = [node for node in graph.nodes if node.op in _NOISE_OPS]
    if not 1 <= len(noises) <= 2:
        raise MalformedGraph(f"a VITS draws random numbers once or twice, this graph {len(noises)} times")
    *durations, latent = noises
    z = _decoder_input(graph)
    flow_noise, mean = latent.outputs[0], latent.inputs[0]
    flow = graph.after(flow_noise) & graph.before([z])
    decoder = graph.after(z) & graph.before(graph.outputs)
    joins = tuple(name for name in graph.inputs_of(flow) if name != flow_noise and _sources(graph, name))
    duration_noise = durations[0].outputs[0] if durations else None
    text_inputs = [*graph.inputs, duration_noise] if duration_noise else [*graph.inputs]
    speaker = _of_the_speaker(graph, decoder, z)
    hop, reach = _decoder_shape(graph, z, decoder)
    seams = Seams(
        duration_noise=duration_noise, mean=mean, flow_noise=flow_noise, z=z, hop=hop, reach=reach, speaker=speaker
    )
    return VitsParts(
        text=graph.cut(text_inputs, tuple(dict.fromkeys((*joins, mean, *speaker)))),
        flow=graph.cut((*joins, flow_noise), [z]),
        decoder=graph.cut((z, *speaker), graph.outputs[:1]),
        seams=seams,
    )


def _of_the_speaker(graph: Graph, decoder: frozenset[Node], z: str) -> tuple[str, ...]:
    """What the decoder reads beside z and constants. MalformedGraph where that differs from frame to frame."""
    beside = {name: _sources(graph, name) for name in graph.inputs_of(decoder) if name != z}
    if others := sorted(name for name, sources in beside.items() if not sources <= _OF_THE_SPEAKER):
        raise MalformedGraph(f"the decoder depends on {others}, not on the latent frames alone")
    return tuple(name for name, sources in beside.items() if sources)


def _sources(graph: Graph, name: str) -> frozenset[str]:
    """The inputs of the graph that a tensor is made of; none for a constant."""
    return frozenset(graph.inputs_of(graph.before([name]))) or frozenset({name} & set(graph.inputs))


def _decoder_input(graph: Graph) -> str:
    """What the convolution before the first upsampling reads: the latent frames."""
    first = next((node for node in graph.nodes if node.op == "ConvTranspose"), None)
    if first is None:
        raise MalformedGraph("a VITS decoder upsamples; this graph does not")
    node = graph.producers.get(first.inputs[0])
    while node and node.op != "Conv":
        node = graph.producers.get(node.inputs[0])
    if node is None:
        raise MalformedGraph("no convolution stands before the first upsampling")
    return node.inputs[0]


def _decoder_shape(graph: Graph, z: str, decoder: frozenset[Node]) -> tuple[int, int]:
    """Hop and reach of the decoder, added up from its kernels along the longest way."""
    rates, reaches = {z: 1}, {z: 0.0}
    for node in graph.nodes:
        if node not in decoder:
            continue
        sources = [name for name in node.inputs if name in rates]
        rate = max(rates[name] for name in sources)
        reach = max(reaches[name] for name in sources) + half_width(node) / rate
        rate *= math.prod(node.integers("strides")) if node.op == "ConvTranspose" else 1
        rates.update(dict.fromkeys(node.outputs, rate))
        reaches.update(dict.fromkeys(node.outputs, reach))
    output = graph.outputs[0]
    return rates[output], math.ceil(reaches[output])
