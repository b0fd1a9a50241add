"""Text to the ids that one voice was trained on: what the three kinds of VITS voices have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
"""Shape (1, ids)."""


@dataclass(frozen=True, slots=True)
class SynthesisConfig:
    """A VITS graph's inputs beside the ids."""

    noise_scale: float
    length_scale: float
    noise_w: float
    speaker: int = 0
    """Which of a voice's speakers; read by graphs that have several."""
    language: int = 0
    """Which of a voice's languages; read by graphs that have several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceConfig:
    """What a voice's metadata says beside its symbols."""

    sample_rate: int
    """Samples a second."""
    synthesis: SynthesisConfig
    """The voice's defaults; its speaker and language are the first, or Shona where a voice knows that."""
    speakers: Mapping[str, int] = field(default_factory=dict)
    """Name to id; empty where there is only one."""


class TextFrontend(Protocol):
    """A voice's front end."""

    config: VoiceConfig

    def ids(self, text: str) -> Ids:
        """A Shona text as the graph takes it; shape (1, 0) where it has no sound."""
        ...


def as_ids(symbols: Sequence[int]) -> Ids:
    return np.array(symbols, dtype=np.int64).reshape(1, -1)


def apart(symbols: Sequence[int], blank: int) -> list[int]:
    """A blank before, between and behind the symbols."""
    spread = [blank] * (2 * len(symbols) + 1)
    spread[1::2] = symbols
    return spread


def spelt(text: str, known: Mapping[str, int]) -> str:
    """The characters of `text` that a voice knows: as written, else in lower case; others are left out."""
    return "".join(near for letter in text for near in (letter if letter in known else letter.lower()) if near in known)


SHONA: Sequence[str] = ("sn", "sna", "shona")
"""What a voice may call the language."""


def shona_or_first(ids: Mapping[str, int]) -> int:
    """The id of Shona among a voice's languages; else its first; 0 for a voice of one language."""
    return next((ids[name] for name in ids if name.lower() in SHONA), min(ids.values(), default=0))
