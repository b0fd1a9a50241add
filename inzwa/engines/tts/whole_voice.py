"""A VITS graph that cannot be cut, run from end to end: a phrase's sound comes in one piece. Knows no text.

Such a graph draws its own noise, so a seed has no hold on it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph

from inzwa.audio.pcm import Sound
from inzwa.engines.tts.chunked_voice import Pace, Uncuttable, VitsVoice, inputs_for, open_sessions, run
from inzwa.engines.tts.loudness import frame_levels, gain_for, limited, speech_level
from inzwa.errors import EngineError

_IDS: Final = frozenset(("input", "x"))

_FRAME: Final = 256
"""Samples over which a level is taken."""


class WholeVoice:
    """The graph, loaded."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """EngineError where the file takes or gives something else than a voice does."""
        try:
            (self._graph,) = open_sessions([path.read_bytes()], threads)
        except (Fail, InvalidArgument, InvalidGraph) as error:
            raise EngineError("tts", f"{path.name} is no graph that can be run.") from error
        takes = {entry.name for entry in self._graph.get_inputs()}
        known = inputs_for(np.zeros((1, 1), dtype=np.int64), Pace(0.0, 1.0, 0.0)).keys()
        if not takes & _IDS or takes - known:
            raise EngineError("tts", f"{path.name} is no VITS voice that can be read: it takes {', '.join(takes)}.")

    def learn(self, phrases: Iterable[npt.NDArray[np.int64]], pace: Pace) -> None:
        """Say these ids to itself. There is nothing to learn: each phrase is whole before it leaves."""
        for ids in phrases:
            run(self._graph, inputs_for(ids, pace))

    def say(self, ids: npt.NDArray[np.int64], pace: Pace, _noise: np.random.Generator) -> Iterator[Sound]:
        """The sound of `ids`, shape (1, ids), in one chunk, every phrase with the same loudness."""
        sound = next(iter(run(self._graph, inputs_for(ids, pace)).values())).reshape(-1)
        yield limited(sound * np.float32(gain_for(speech_level(frame_levels(sound, _FRAME)))))


def open_graph(path: Path, *, threads: int) -> VitsVoice | WholeVoice:
    """The voice in chunks where its graph can be cut, else whole. EngineError where the file is no voice at all."""
    try:
        return VitsVoice(path, threads=threads)
    except Uncuttable:
        return WholeVoice(path, threads=threads)
