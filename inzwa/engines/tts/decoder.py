"""The decoder of a VITS: any stretch of a phrase's frames to their samples, as they are in the whole phrase."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import onnxruntime

from inzwa.audio.pcm import Sound
from inzwa.engines.onnx_session import LOAD_ERRORS, RUN_ERRORS, open_session
from inzwa.engines.tts.onnx_run import run
from inzwa.errors import EngineError
from inzwa.formats.onnx_blocks import in_blocks, probe
from inzwa.formats.onnx_crops import crop_decoder
from inzwa.formats.onnx_graph import read_graph

_SAME: Final = 1e-4
"""By how much a sample may differ between the two layouts: 80 dB below full scale."""

_PROBE_FRAMES: Final = 6


def block_size() -> int:
    """Channels in a block on this processor; 0 where ONNX Runtime has no blocked layout for it."""
    numbers = np.arange(64, dtype=np.float32).reshape(1, 32, 1, 2)
    try:
        (blocked,) = open_session(probe()).run(None, {"x": numbers})
    except (*LOAD_ERRORS, *RUN_ERRORS):
        return 0
    first, second = (int(np.flatnonzero(blocked.reshape(-1) == number)[0]) for number in (0, 1))
    return second - first


class Decoder:
    """One graph, loaded, in the layout that is fastest on this processor."""

    def __init__(self, model: bytes, z: str, *, threads: int) -> None:
        """Of the bytes of an .onnx file whose input `z` are the frames. MalformedGraph or one of LOAD_ERRORS."""
        self._z = z
        self._cropped = crop_decoder(read_graph(model), z)
        self._session = open_session(self._cropped.model, threads=threads, lean=True)
        self._blocked = self._open_blocked(threads)

    def samples(self, latent: Mapping[str, Any], begin: int, end: int) -> Sound:
        """Of the frames `begin` to `end` of `latent`, which has z, shape (1, channels, frames), and what else it takes.

        EngineError where the session fails.
        """
        if self._blocked:
            self._session, self._blocked = self._faster(self._blocked, latent), None
        return self._run(self._session, latent, begin, end)

    def _open_blocked(self, threads: int) -> onnxruntime.InferenceSession | None:
        """The same decoder in blocks; None where this processor has none."""
        block = block_size()
        if not block:
            return None
        model = in_blocks(read_graph(self._cropped.model), self._z, block)
        try:
            return open_session(model, threads=threads, lean=True)
        except LOAD_ERRORS:
            return None

    def _faster(self, blocked: onnxruntime.InferenceSession, latent: Mapping[str, Any]) -> onnxruntime.InferenceSession:
        """The decoder in blocks if it gives the same samples of a few frames, else the one at hand."""
        end = min(_PROBE_FRAMES, latent[self._z].shape[2])
        try:
            plain, other = (self._run(session, latent, 0, end) for session in (self._session, blocked))
        except EngineError:
            return self._session
        return blocked if np.allclose(plain, other, rtol=0, atol=_SAME) else self._session

    def _run(self, session: onnxruntime.InferenceSession, latent: Mapping[str, Any], begin: int, end: int) -> Sound:
        frames = latent[self._z]
        stretch = self._cropped.stretch(begin, end, frames.shape[2])
        feed = {**latent, **stretch.inputs, self._z: frames[:, :, stretch.first : stretch.last]}
        (sound,) = run(session, feed).values()
        return sound.reshape(-1)[stretch.kept]
