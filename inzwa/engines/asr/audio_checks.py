"""Checks of a sound before it is recognised."""

from typing import Final

import numpy as np

from inzwa.audio.pcm import INPUT_RATE, SILENT_DBFS, Sound, level_dbfs, milliseconds, samples_in
from inzwa.errors import AudioTooLong, BadAudio

WINDOW_MS: Final = 30_000
"""The longest sound that Whisper takes."""

QUIETEST_DBFS: Final = -60.0
"""Sound whose loudest tenth of a second stays below this is silence, whatever Whisper would make of it."""

_LEVEL_MS: Final = 100
_TOKENS_PER_SECOND: Final = 14
"""Twice what fast Shona needs; a decoder that loops meets this limit early."""
_TOKENS_PER_SYLLABLE: Final = 3
"""Shona takes 1.4, a word that Whisper spells out up to 3."""
MIN_TOKENS: Final = 8
_MAX_TOKENS: Final = 224
"""Half of Whisper's context: the other half is the prompt's."""


def require_valid(sound: Sound) -> None:
    """AudioTooLong, or BadAudio for samples that are no numbers."""
    length_ms = milliseconds(sound.size, INPUT_RATE)
    if length_ms > WINDOW_MS:
        raise AudioTooLong(f"The recogniser takes {WINDOW_MS // 1000} s at most; this is {length_ms / 1000:.1f} s.")
    if not np.isfinite(sound).all():
        raise BadAudio("The sound holds samples that are no numbers.")


def loudest_dbfs(sound: Sound) -> float:
    """The level of the loudest tenth of a second, in dB below full scale."""
    step = samples_in(_LEVEL_MS, INPUT_RATE)
    return max((level_dbfs(sound[at : at + step]) for at in range(0, sound.size, step)), default=SILENT_DBFS)


def max_tokens(sound: Sound) -> int:
    """The longest transcript that a sound of this length can have."""
    return min(_MAX_TOKENS, MIN_TOKENS + _TOKENS_PER_SECOND * sound.size // INPUT_RATE)


def likely_tokens(sound: Sound, syllables: int) -> int:
    """The longest transcript that so many syllables in it are likely to have."""
    return min(max_tokens(sound), MIN_TOKENS + _TOKENS_PER_SYLLABLE * syllables)
