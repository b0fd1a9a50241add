"""What a fetch reports while it works, and how a terminal shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self, TextIO

from tqdm import tqdm

Phase = Literal["waiting", "downloading", "checking", "joining", "converting", "ready"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one step of a fetch has come."""

    model: str
    """Its name in the catalogue."""
    file: str
    """The file, or the archive that carries it; empty when the whole model is meant."""
    done_bytes: int
    """Bytes of this step that are done."""
    total_bytes: int
    """Bytes of the whole step."""
    phase: Phase
    """`waiting` for another process that fetches the same model, `downloading` an archive, `checking` hashes,
    `joining` parts into a file, `converting` it for its engine, `ready` to be opened."""


ProgressCallback = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """A ProgressCallback that does nothing."""


class TerminalReport:
    """A ProgressCallback: one bar a step on a terminal, one line a step where there is none.

    Open it as a context manager; leaving finishes the last bar. Not threadsafe.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._draws = stream.isatty()
        self._step: tuple[str, str, Phase] | None = None
        self._bar: tqdm | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._finish()

    def __call__(self, progress: Progress) -> None:
        step = (progress.model, progress.file, progress.phase)
        if step != self._step:
            self._finish()
            self._begin(progress)
            self._step = step
        if self._bar is not None:
            self._bar.update(progress.done_bytes - self._bar.n)

    def _begin(self, progress: Progress) -> None:
        title = " ".join(filter(None, (progress.model, progress.phase, progress.file)))
        if self._draws and progress.phase in ("downloading", "joining", "converting") and progress.total_bytes:
            self._bar = tqdm(
                total=progress.total_bytes, desc=title, unit="B", unit_scale=True, file=self._stream, leave=False
            )
        else:
            print(title, file=self._stream, flush=True)

    def _finish(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
