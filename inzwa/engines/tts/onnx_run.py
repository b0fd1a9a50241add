"""One run of a session, by the names of its tensors."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from inzwa.engines.onnx_session import RUN_ERRORS
from inzwa.errors import EngineError


def run(session: onnxruntime.InferenceSession, feed: Mapping[str, Any]) -> dict[str, npt.NDArray[np.float32]]:
    """Outputs by name. Entries of `feed` that are no inputs of the session are left out. EngineError where it fails."""
    takes = {entry.name: feed[entry.name] for entry in session.get_inputs()}
    names = [entry.name for entry in session.get_outputs()]
    try:
        return dict(zip(names, session.run(names, takes), strict=True))
    except RUN_ERRORS as error:
        raise EngineError("tts", "The voice could not say this phrase.") from error
