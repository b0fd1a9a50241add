"""The front end of Piper voices: IPA in the symbols of a voice's JSON, which has its rate and scales too.

The format is that of rhasspy/piper-voices: a symbol is one character, written as the ids in `phoneme_id_map`, and a
blank stands between every two of them, as it did in training.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from inzwa.engines.tts.text.frontend import Ids, SynthesisConfig, VoiceConfig, as_ids
from inzwa.engines.tts.text.symbols import accent_for
from inzwa.errors import EngineError
from inzwa.shona.phonology.ipa import ipa

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
    speakers: Mapping[str, int] = field(default_factory=dict)
    """Name to id; empty where there is only one."""

    def encode(self, symbols: str) -> Ids:
        """Symbols as the graph takes them, shape (1, ids): framed, with blanks. Unknown symbols are left out."""
        known = [self.ids[symbol] for symbol in symbols if symbol in self.ids and symbol not in _MARKS]
        ids = [*self.ids[_BEGIN]]
        for symbol in known:
            ids += (*self.ids[_BLANK], *symbol)
        return np.array([[*ids, *self.ids[_BLANK], *self.ids[_END]]], dtype=np.int64)


class PiperFrontend:
    """Text to IPA to the voice's symbols to ids."""

    def __init__(self, config: PiperConfig) -> None:
        """EngineError where no accent was worked out for the voice's language."""
        self._piper, self._accent = config, accent_for(config.language)
        self.config = VoiceConfig(
            sample_rate=config.sample_rate,
            synthesis=SynthesisConfig(config.noise_scale, config.length_scale * self._accent.stretch, config.noise_w),
            speakers=config.speakers,
        )

    def ids(self, text: str) -> Ids:
        symbols = self._accent.symbols(ipa(text))
        return self._piper.encode(symbols) if any(symbol.isalpha() for symbol in symbols) else as_ids([])


def read_piper_config(path: Path) -> PiperConfig:
    """The voice's JSON. EngineError where it is not one of Piper's."""
    try:
        return _config(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError("tts", f"{path.name} does not describe a Piper voice.") from error


def _config(content: dict[str, Any]) -> PiperConfig:
    inference = content["inference"]
    ids = {symbol: tuple(numbers) for symbol, numbers in content["phoneme_id_map"].items()}
    if not ids.keys() >= _MARKS:
        raise KeyError(*_MARKS)
    return PiperConfig(
        ids=ids,
        sample_rate=int(content["audio"]["sample_rate"]),
        language=content["espeak"]["voice"].split("-")[0],
        noise_scale=float(inference["noise_scale"]),
        length_scale=float(inference["length_scale"]),
        noise_w=float(inference["noise_w"]),
        speakers=_speakers(content),
    )


def _speakers(content: dict[str, Any]) -> dict[str, int]:
    """By their names; by their numbers where a voice with several names none."""
    count = int(content.get("num_speakers", 1))
    named = {name: int(number) for name, number in content.get("speaker_id_map", {}).items()}
    return (named or {str(number): number for number in range(count)}) if count > 1 else {}
