"""Checkpoints converted to what the engines open, without torch; independent of the catalogue and the cache."""

from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

from inzwa.models.local_model import LocalModel
from inzwa.models.progress import ProgressCallback


@dataclass(frozen=True, slots=True)
class Converter:
    """Makes an engine's files of a checkpoint. Imports its libraries when it is first called."""

    function: str
    """`module:function` in this package."""
    version: str
    """Changes whenever the same checkpoint would give other bytes."""

    def __call__(self, source: LocalModel, out: Path, report: ProgressCallback) -> None:
        """Fill the empty folder `out`. NotConvertible names file, expected and found, and leaves `out` incomplete."""
        resolve_name(f"{__name__}.{self.function}")(source, out, report)


CONVERTERS: Final[dict[str, Converter]] = {
    "mms-vits": Converter("mms_vits:convert", "1"),
    "whisper-ggml": Converter("whisper_ggml:convert", "1"),
    "whisper-ct2": Converter("whisper_ct2:convert", "1"),
}
