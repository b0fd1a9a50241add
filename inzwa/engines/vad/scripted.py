"""A voice activity detector whose answers a test writes down; it ships with the package, so that no test patches."""

from collections.abc import Iterable, Iterator

from inzwa.audio.pcm import Sound, level_dbfs
from inzwa.errors import EngineError
from inzwa.protocols import EngineInfo


class ScriptedStream:
    """One session's stream: the next scripted probability; without a script, 1 for loud frames and 0 for quiet ones."""

    def __init__(self, script: Iterator[float] | None, threshold_dbfs: float, fail_at: int | None) -> None:
        self._script = script
        self._threshold_dbfs = threshold_dbfs
        self._fail_at = fail_at
        self.frames = 0
        """Frames taken so far."""

    def probability(self, frame: Sound) -> float:
        """The script's next figure; 0 once it has ended."""
        number, self.frames = self.frames, self.frames + 1
        if number == self._fail_at:
            raise EngineError("vad", "The scripted detector was told to fail.")
        if self._script is not None:
            return next(self._script, 0.0)
        return float(level_dbfs(frame) >= self._threshold_dbfs)


class ScriptedDetector:
    """Opens streams that all follow one script from its beginning."""

    info = EngineInfo(engine="scripted", version="1", model="scripted-vad")

    def __init__(
        self,
        probabilities: Iterable[float] | None = None,
        *,
        threshold_dbfs: float = -50.0,
        fail_at: int | None = None,
        frame_samples: int = 512,
    ) -> None:
        """`probabilities`, one a frame; None goes by the level. `fail_at` is the frame, from 0, that raises."""
        self._script = None if probabilities is None else tuple(probabilities)
        self._threshold_dbfs = threshold_dbfs
        self._fail_at = fail_at
        self.frame_samples = frame_samples
        self.streams: list[ScriptedStream] = []
        """Every stream that was opened, in order."""

    def open_stream(self) -> ScriptedStream:
        """Fresh state: the script begins again."""
        script = None if self._script is None else iter(self._script)
        stream = ScriptedStream(script, self._threshold_dbfs, self._fail_at)
        self.streams.append(stream)
        return stream
