"""A VITS graph that cannot be cut: a phrase's sound comes in one piece.

Such a graph draws its own noise, so a seed has no effect on it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from inzwa.audio.pcm import Sound
from inzwa.engines.onnx_session import LOAD_ERRORS, open_session
from inzwa.engines.tts.chunked_voice import ChunkedVoice, NormalNoise, Uncuttable, inputs_for
from inzwa.engines.tts.loudness import frame_levels, gain_for, limited, speech_level
from inzwa.engines.tts.onnx_run import run
from inzwa.engines.tts.text.frontend import Ids, SynthesisConfig
from inzwa.errors import EngineError

_IDS: Final = frozenset(("input", "x"))

_FRAME: Final = 256
"""Samples over which a level is taken."""


class WholeVoice:
    """The graph, loaded."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """EngineError where the file takes or gives something else than a voice does."""
        try:
            self._graph = open_session(path, threads=threads, lean=True)
        except LOAD_ERRORS as error:
            raise EngineError("tts", f"{path.name} is no graph that can be run.") from error
        takes = {entry.name for entry in self._graph.get_inputs()}
        known = inputs_for(np.zeros((1, 1), dtype=np.int64), SynthesisConfig(0.0, 1.0, 0.0)).keys()
        if not takes & _IDS or takes - known:
            raise EngineError("tts", f"{path.name} is no VITS voice that can be read: it takes {', '.join(takes)}.")

    def calibrate(self, phrases: Iterable[Ids], config: SynthesisConfig) -> None:
        """Warm up by these ids. There is nothing to calibrate: each phrase is whole before it is sent."""
        for ids in phrases:
            run(self._graph, inputs_for(ids, config))

    def say(self, ids: Ids, config: SynthesisConfig, _noise: NormalNoise) -> Iterator[Sound]:
        """The sound of `ids`, shape (1, ids), in one chunk, every phrase with the same loudness."""
        sound = next(iter(run(self._graph, inputs_for(ids, config)).values())).reshape(-1)
        yield limited(sound * np.float32(gain_for(speech_level(frame_levels(sound, _FRAME)))))


def open_graph(path: Path, *, threads: int) -> ChunkedVoice | WholeVoice:
    """The voice in chunks where its graph can be cut, else whole. EngineError where the file is no voice at all."""
    try:
        return ChunkedVoice(path, threads=threads)
    except Uncuttable:
        return WholeVoice(path, threads=threads)
