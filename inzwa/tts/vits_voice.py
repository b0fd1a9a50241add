"""A VITS graph at work: phoneme ids in, sound out, chunk by chunk. Blocking; knows no text and no thread.

The text and the flow run once a phrase. The decoder runs over a few frames first, so that sound leaves early, then
over more and more, because each chunk pays for the neighbours it has to look at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, RuntimeException

from inzwa.audio import Sound
from inzwa.errors import EngineError
from inzwa.tts.onnx_graph import MalformedGraph, read_graph
from inzwa.tts.vits_graph import split_vits

FIRST_CHUNK_FRAMES: Final = 24
"""The first chunk: 0.28 s of a voice with 256 samples a frame at 22.05 kHz."""

CHUNK_GROWTH: Final = 2
MOST_CHUNK_FRAMES: Final = 128
"""A chunk is one job of the worker: no longer than 1.5 s of sound, so that others get their turn."""

Frames = npt.NDArray[np.float32]
"""Shape (1, channels, frames)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The three numbers that the graph takes beside the ids."""

    noise_scale: float
    length_scale: float
    noise_w: float


class VitsVoice:
    """The three parts of a voice, loaded."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """EngineError where the file is no VITS that can be cut in three."""
        try:
            parts = split_vits(read_graph(path.read_bytes()))
            self._text, self._flow, self._decoder = _open_sessions((parts.text, parts.flow, parts.decoder), threads)
            self._seams = parts.seams
        except (MalformedGraph, Fail, InvalidArgument, InvalidGraph) as error:
            raise EngineError("tts", f"{path.name} is no VITS voice that can be read.") from error

    def say(self, ids: npt.NDArray[np.int64], pace: Pace, noise: np.random.Generator) -> Iterator[Sound]:
        """The sound of `ids`, shape (1, ids), in chunks; the same noise gives the same sound. At least one chunk."""
        latent = self._latent(ids, pace, noise)
        for begin, end in pairwise(chunk_bounds(latent.shape[2])):
            yield self._decode(latent, begin, end)

    def say_whole(self, ids: npt.NDArray[np.int64], pace: Pace, noise: np.random.Generator) -> Sound:
        """The same sound in one run of the decoder."""
        latent = self._latent(ids, pace, noise)
        return self._decode(latent, 0, latent.shape[2])

    def _latent(self, ids: npt.NDArray[np.int64], pace: Pace, noise: np.random.Generator) -> Frames:
        """z, shape (1, channels, frames)."""
        seams, symbols = self._seams, ids.shape[1]
        scales = np.array([pace.noise_scale, pace.length_scale, pace.noise_w], dtype=np.float32)
        feed: dict[str, Any] = {"input": ids, "input_lengths": np.array([symbols]), "scales": scales}
        if seams.duration_noise:
            feed[seams.duration_noise] = noise.standard_normal((1, 2, symbols), dtype=np.float32)
        made = _run(self._text, feed)
        made[seams.flow_noise] = noise.standard_normal(made[seams.mean].shape, dtype=np.float32)
        return _run(self._flow, made)[seams.z]

    def _decode(self, latent: Frames, begin: int, end: int) -> Sound:
        """The samples of the frames `begin` to `end`, seen with as many neighbours as the decoder looks at."""
        seams = self._seams
        first, last = max(0, begin - seams.reach), min(latent.shape[2], end + seams.reach)
        (sound,) = _run(self._decoder, {seams.z: latent[:, :, first:last]}).values()
        return sound.reshape(-1)[(begin - first) * seams.hop : (end - first) * seams.hop]


def chunk_bounds(frames: int) -> list[int]:
    """Where the chunks begin and end: 0, the first few frames, more each time; a last sliver joins the chunk before."""
    bounds, size = [0], FIRST_CHUNK_FRAMES
    while frames - bounds[-1] >= size + FIRST_CHUNK_FRAMES:
        bounds.append(bounds[-1] + size)
        size = min(size * CHUNK_GROWTH, MOST_CHUNK_FRAMES)
    return [*bounds, frames]


def _open_sessions(models: Sequence[bytes], threads: int) -> list[onnxruntime.InferenceSession]:
    """By way of files: a session that is given bytes keeps them for life (78 MB more in memory with joe-medium)."""
    sessions = []
    with TemporaryDirectory(prefix="inzwa-voice-") as folder:
        for number, model in enumerate(models):
            path = Path(folder, f"{number}.onnx")
            path.write_bytes(model)
            sessions.append(onnxruntime.InferenceSession(path, _options(threads), ["CPUExecutionProvider"]))
    return sessions


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _run(session: onnxruntime.InferenceSession, feed: dict[str, Any]) -> dict[str, npt.NDArray[np.float32]]:
    """Names to what the session made of those entries of `feed` that it takes."""
    takes = {entry.name: feed[entry.name] for entry in session.get_inputs()}
    names = [entry.name for entry in session.get_outputs()]
    try:
        return dict(zip(names, session.run(names, takes), strict=True))
    except (Fail, InvalidArgument, RuntimeException) as error:
        raise EngineError("tts", "The voice could not say this phrase.") from error
