"""Silero VAD v6 in ONNX Runtime: the weights are shared, the state belongs to one stream.

The graph takes (frames, 576) samples, each frame behind the last 64 samples of the one before, and hands an LSTM's
two vectors from call to call. Run one frame at a time it gives the same figures as over a whole recording.
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

_STATE_SHAPE: Final = (1, 1, 128)
_INPUTS: Final = ["input", "h", "c"]


class SileroStream:
    """One session's detector state: the last 64 samples and the LSTM's two vectors."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._reset()

    def _reset(self) -> None:
        self._window = np.zeros((1, _CONTEXT_SAMPLES + FRAME_SAMPLES), dtype=np.float32)
        self._h = self._c = np.zeros(_STATE_SHAPE, dtype=np.float32)

    def probability(self, frame: Sound) -> float:
        """How likely this frame is speech, 0..1. Shape (512,), float32, 16 kHz."""
        if frame.shape != (FRAME_SAMPLES,):
            raise EngineError("vad", f"A frame has the shape ({FRAME_SAMPLES},), not {frame.shape}.")
        self._window[0, :_CONTEXT_SAMPLES] = self._window[0, -_CONTEXT_SAMPLES:]
        self._window[0, _CONTEXT_SAMPLES:] = frame
        probability = self._step()
        if math.isfinite(probability):
            return probability
        self._reset()  # a NaN costs one frame; left in the state it would spoil all later ones
        return 0.0

    def _step(self) -> float:
        feed = {"input": self._window, "h": self._h, "c": self._c}
        try:
            probabilities, self._h, self._c = self._session.run(None, feed)
        except RUN_ERRORS as error:
            raise EngineError("vad", "The voice detector could not run on a frame.") from error
        return float(probabilities[0])


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
