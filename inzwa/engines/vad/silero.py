"""Silero VAD v6 in ONNX Runtime: the weights are shared, the state belongs to one stream.

The graph takes (frames, 576) samples, each frame behind the last 64 samples of the one before, and hands an LSTM's
two vectors from call to call. Run one frame at a time it gives the same figures as over a whole recording; over several
frames at once it takes less than half of the time for each.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import onnxruntime

from inzwa.audio.pcm import Sound
from inzwa.engines.onnx_session import LOAD_ERRORS, RUN_ERRORS, open_session
from inzwa.errors import EngineError
from inzwa.models.local_model import LocalModel
from inzwa.protocols import EngineInfo

FRAME_SAMPLES: Final = 512
"""Samples a frame: 32 ms at 16 kHz, the only length that the network was trained on."""

_CONTEXT_SAMPLES: Final = 64
"""Samples of the frame before that the network sees again."""

SILENT_DBFS: Final = -70.0
"""A frame below this level (root mean square) is too faint to begin an utterance: with voices 30 dB fainter than they
are recorded, not one frame of speech was lost, nor with 40 dB."""

QUIET_FRAMES: Final = 8
"""So many frames in a row must have been silent, and surely no speech, before the next silent ones wait."""

WAITING_FRAMES: Final = 16
"""Silent frames that are run together: half a second of them."""

SURELY_QUIET: Final = 0.1

_SILENT_ENERGY: Final = FRAME_SAMPLES * 10 ** (SILENT_DBFS / 10)
_STATE_SHAPE: Final = (1, 1, 128)
_INPUTS: Final = ["input", "h", "c"]


class SileroStream:
    """One session's detector state: the last 64 samples and the LSTM's two vectors.

    In a silence frames wait, and are no speech, until there are WAITING_FRAMES or one is louder: then they are run at
    once, so that the state is what it would have been.
    """

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._reset()

    def _reset(self) -> None:
        self._windows = np.zeros((WAITING_FRAMES, _CONTEXT_SAMPLES + FRAME_SAMPLES), dtype=np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, dtype=np.float32)
        self._h = self._c = np.zeros(_STATE_SHAPE, dtype=np.float32)
        self._waiting = self._quiet = 0

    def probability(self, frame: Sound) -> float:
        """How likely this frame is speech, 0..1. Shape (512,), float32, 16 kHz."""
        if frame.shape != (FRAME_SAMPLES,):
            raise EngineError("vad", f"A frame has the shape ({FRAME_SAMPLES},), not {frame.shape}.")
        self._put(frame)
        silent = float(frame @ frame) < _SILENT_ENERGY
        if silent and self._quiet >= QUIET_FRAMES and self._waiting < WAITING_FRAMES:
            return 0.0
        probability = self._run()
        if not math.isfinite(probability):
            self._reset()  # a NaN costs one frame; left in the state it would spoil all later ones
            return 0.0
        self._quiet = self._quiet + 1 if silent and probability < SURELY_QUIET else 0
        return probability

    def _put(self, frame: Sound) -> None:
        window = self._windows[self._waiting]
        window[:_CONTEXT_SAMPLES] = self._context
        window[_CONTEXT_SAMPLES:] = frame
        self._context[:] = frame[-_CONTEXT_SAMPLES:]
        self._waiting += 1

    def _run(self) -> float:
        """All frames that wait; what the last of them is."""
        feed = {"input": self._windows[: self._waiting], "h": self._h, "c": self._c}
        self._waiting = 0
        try:
            probabilities, self._h, self._c = self._session.run(None, feed)
        except RUN_ERRORS as error:
            raise EngineError("vad", "The voice detector could not run on a frame.") from error
        return float(probabilities[-1])


class Silero:
    """The detector that all sessions share."""

    frame_samples = FRAME_SAMPLES

    def __init__(self, session: onnxruntime.InferenceSession, info: EngineInfo) -> None:
        self._session = session
        self.info = info

    def open_stream(self) -> SileroStream:
        """Fresh state for one session."""
        return SileroStream(self._session)


@contextmanager
def open_silero(model: LocalModel) -> Iterator[Silero]:
    """The detector, loaded and warmed up. EngineError where the file is not the graph described above."""
    began = time.perf_counter()
    session = _load(model)
    loaded = time.perf_counter()
    SileroStream(session).probability(np.zeros(FRAME_SAMPLES, dtype=np.float32))
    yield Silero(session, _describe(model, loaded - began, time.perf_counter() - loaded))


def _load(model: LocalModel) -> onnxruntime.InferenceSession:
    try:
        session = open_session(model.path(".onnx"), lean=True)
    except LOAD_ERRORS as error:
        raise EngineError("vad", f"{model.name} is no ONNX graph that can be loaded.") from error
    inputs = [entry.name for entry in session.get_inputs()]
    if inputs != _INPUTS:
        raise EngineError("vad", f"{model.name} takes {inputs}; Silero v6 takes {_INPUTS}.")
    return session


def _describe(model: LocalModel, load_s: float, warm_s: float) -> EngineInfo:
    return model.engine_info("silero", f"onnxruntime {onnxruntime.__version__}", load_s=load_s, warm_s=warm_s)
