"""A VITS graph in three parts: phoneme ids in, sound out, chunk by chunk. Blocking.

The text encoder and the flow run once a phrase. The decoder runs over a few frames first, so that sound leaves early,
then over more and more, because each chunk is computed with its neighbours' frames.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from inzwa.audio.pcm import Sound
from inzwa.engines.onnx_session import LOAD_ERRORS, open_session
from inzwa.engines.tts.decoder import Decoder
from inzwa.engines.tts.loudness import Frames, Loudness, fit_loudness, limited
from inzwa.engines.tts.onnx_run import run
from inzwa.engines.tts.text.frontend import Ids, SynthesisConfig
from inzwa.engines.tts.vits_graph import split_vits
from inzwa.errors import EngineError
from inzwa.formats.onnx_graph import MalformedGraph, read_graph
from inzwa.formats.onnx_layer_norms import fuse_layer_norms

FIRST_CHUNK_FRAMES: Final = 24
"""The first chunk: 0.28 s of a voice with 256 samples a frame at 22.05 kHz."""

CHUNK_GROWTH: Final = 2
MAX_CHUNK_FRAMES: Final = 128
"""A chunk is one job of the worker: 1.5 s of sound at most, so that other phrases get their turn."""


class Uncuttable(EngineError):
    """A graph that cannot be cut in three."""


class NormalNoise(Protocol):
    """Draws from the standard normal distribution, as numpy's generators do."""

    def standard_normal(self, size: tuple[int, ...], /, dtype: type[np.float32]) -> Frames: ...


class ChunkedVoice:
    """The three parts of a voice, loaded."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """Uncuttable where the file is no VITS that can be cut in three; EngineError where it is no graph at all."""
        try:
            graph = read_graph(path.read_bytes())
        except MalformedGraph as error:
            raise EngineError("tts", f"{path.name} is no VITS voice that can be read.") from error
        try:
            parts = split_vits(fuse_layer_norms(graph))
            self._seams = parts.seams
            self._text, self._flow = (
                open_session(part, threads=threads, lean=True) for part in (parts.text, parts.flow)
            )
            self._decoder = Decoder(parts.decoder, parts.seams.z, threads=threads)
        except (MalformedGraph, *LOAD_ERRORS) as error:
            raise Uncuttable("tts", f"{path.name} is no VITS voice that can be cut.") from error
        self._loudness: Loudness | None = None

    def calibrate(self, phrases: Iterable[Ids], config: SynthesisConfig) -> None:
        """Say these ids to nobody; from now on `say` gives every phrase the same loudness, whoever speaks."""
        latents = [self._latent(ids, config, np.random.default_rng(0)) for ids in phrases]
        examples = [(latent[self._seams.z], np.concatenate(list(self._chunks(latent)))) for latent in latents]
        self._loudness = fit_loudness(examples, self._seams.hop) if examples else None

    def say(self, ids: Ids, config: SynthesisConfig, noise: NormalNoise) -> Iterator[Sound]:
        """The sound of `ids`, shape (1, ids), in chunks; the same noise gives the same sound. At least one chunk."""
        latent = self._latent(ids, config, noise)
        gain = self._loudness.gain(latent[self._seams.z]) if self._loudness else None
        for sound in self._chunks(latent):
            yield sound if gain is None else limited(sound * np.float32(gain))

    def say_whole(self, ids: Ids, config: SynthesisConfig, noise: NormalNoise) -> Sound:
        """The same sound in one run of the decoder, as loud as it comes out."""
        latent = self._latent(ids, config, noise)
        return self._decode(latent, 0, latent[self._seams.z].shape[2])

    def _latent(self, ids: Ids, config: SynthesisConfig, noise: NormalNoise) -> dict[str, Frames]:
        """The decoder's inputs: z, shape (1, channels, frames), and the speaker's vector where there are several."""
        seams = self._seams
        feed = inputs_for(ids, config)
        if seams.duration_noise:
            feed[seams.duration_noise] = noise.standard_normal((1, 2, ids.shape[1]), dtype=np.float32)
        made = run(self._text, feed)
        made[seams.flow_noise] = noise.standard_normal(made[seams.mean].shape, dtype=np.float32)
        return run(self._flow, made) | {name: made[name] for name in seams.speaker}

    def _chunks(self, latent: dict[str, Frames]) -> Iterator[Sound]:
        for begin, end in pairwise(chunk_bounds(latent[self._seams.z].shape[2])):
            yield self._decode(latent, begin, end)

    def _decode(self, latent: dict[str, Frames], begin: int, end: int) -> Sound:
        """The samples of the frames `begin` to `end`."""
        return self._decoder.samples(latent, begin, end)


def chunk_bounds(frames: int) -> list[int]:
    """Where the chunks begin and end: 0, the first few frames, more each time; a short rest joins the last chunk."""
    bounds, size = [0], FIRST_CHUNK_FRAMES
    while frames - bounds[-1] >= size + FIRST_CHUNK_FRAMES:
        bounds.append(bounds[-1] + size)
        size = min(size * CHUNK_GROWTH, MAX_CHUNK_FRAMES)
    return [*bounds, frames]


def inputs_for(ids: Ids, config: SynthesisConfig) -> dict[str, Any]:
    """Inputs by the names that exporters of VITS give them: those of Piper and Coqui, then those of sherpa-onnx."""
    count = np.array([ids.shape[1]])
    scales = np.array([config.noise_scale, config.length_scale, config.noise_w], dtype=np.float32)
    return {
        "input": ids,
        "input_lengths": count,
        "scales": scales,
        "sid": np.array([config.speaker]),
        "langid": np.array([config.language]),
        "x": ids,
        "x_length": count,
        "noise_scale": scales[:1],
        "length_scale": scales[1:2],
        "noise_scale_w": scales[2:],
    }
