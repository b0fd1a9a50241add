"""Runs Whisper's ONNX graphs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt
import onnxruntime

from inzwa.engines.onnx_session import RUN_ERRORS
from inzwa.errors import EngineError


def run(
    session: onnxruntime.InferenceSession, outputs: Sequence[str], inputs: Mapping[str, npt.NDArray[Any]]
) -> list[Any]:
    """Arrays in the order of `outputs`. EngineError where the graph fails on these inputs."""
    try:
        return list(session.run(list(outputs), dict(inputs)))
    except RUN_ERRORS as error:
        raise EngineError("asr", "The recogniser failed on this sound.") from error
