"""What a Piper voice's JSON says: its symbols, its rate and its pace. Knows neither the graph nor Shona.

The format is that of rhasspy/piper-voices: a symbol is one character, written as the ids in `phoneme_id_map`, and a
blank stands between every two of them, as it did in training.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inzwa.errors import EngineError

_BLANK, _BEGIN, _END = "_", "^", "$"
_MARKS: Final = frozenset((_BLANK, _BEGIN, _END))


@dataclass(frozen=True, slots=True, kw_only=True)
class PiperConfig:
    """The part of the JSON that speaking needs."""

    ids: Mapping[str, tuple[int, ...]]
    """Symbol to its ids."""
    sample_rate: int
    """Samples a second."""
    language: str
    """The family that the voice was trained on: en, sw."""
    noise_scale: float
    """How much the sound varies from one saying to the next; 0 not at all."""
    length_scale: float
    """How long a symbol lasts; 1 is as trained, 2 twice as long."""
    noise_w: float
    """How much the durations vary."""

    def encode(self, symbols: str) -> npt.NDArray[np.int64]:
        """Symbols as the graph takes them, shape (1, ids): framed, with blanks. Unknown symbols are left out."""
        known = [self.ids[symbol] for symbol in symbols if symbol in self.ids and symbol not in _MARKS]
        ids = [*self.ids[_BEGIN]]
        for symbol in known:
            ids += (*self.ids[_BLANK], *symbol)
        return np.array([[*ids, *self.ids[_BLANK], *self.ids[_END]]], dtype=np.int64)


def read_piper_config(path: Path) -> PiperConfig:
    """The voice's JSON. EngineError where it is not one of Piper's, or the voice has several speakers."""
    try:
        return _config(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError("tts", f"{path.name} does not describe a Piper voice.") from error


def _config(said: dict[str, Any]) -> PiperConfig:
    inference = said["inference"]
    if said.get("num_speakers", 1) != 1:
        raise EngineError("tts", "Voices with several speakers are not read yet.")
    ids = {symbol: tuple(numbers) for symbol, numbers in said["phoneme_id_map"].items()}
    if not ids.keys() >= _MARKS:
        raise KeyError(*_MARKS)
    return PiperConfig(
        ids=ids,
        sample_rate=int(said["audio"]["sample_rate"]),
        language=said["espeak"]["voice"].split("-")[0],
        noise_scale=float(inference["noise_scale"]),
        length_scale=float(inference["length_scale"]),
        noise_w=float(inference["noise_w"]),
    )
