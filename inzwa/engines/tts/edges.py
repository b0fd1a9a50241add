"""A phrase's edges: no silence before it, a pause behind it that fits its last punctuation mark, and no click.

What a voice leaves behind a phrase is as long after a comma as after a full stop, or after no mark at all, where a
phrase was cut only for its length. Sound passes at once; silence is buffered until speech or the end follows.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from inzwa.audio.pcm import Sound, samples_in

QUIET: Final = 1e-3
"""-60 dB below full scale, 37 below speech: a sample that is not louder is silence."""

LEAD_MS: Final = 15
SENTENCE_MS, CLAUSE_MS, WORD_MS = 220, 140, 50
"""Silence behind a phrase that ends a sentence, that ends at another mark, and that ends between two words."""

_FADE_MS: Final = 4
_CLOSING: Final = "\"'”’)]*_ \n"

Indices = npt.NDArray[np.intp]


def pause_ms(phrase: str) -> int:
    """How long the silence behind this phrase is, in milliseconds."""
    last = phrase.rstrip(_CLOSING)[-1:]
    return SENTENCE_MS if last and last in ".!?…" else CLAUSE_MS if last and last in ",;:" else WORD_MS


def shape_edges(chunks: Iterator[Sound], rate: int, pause: float) -> Iterator[Sound]:
    """The same sound with LEAD_MS of silence before it at most, and `pause` milliseconds behind it.

    No chunk is empty. A phrase that is all silence gives nothing.
    """
    buffered, begun, last = np.empty(0, dtype=np.float32), False, 0.0
    for chunk in chunks:
        joined = np.concatenate((buffered, chunk))
        loud = np.flatnonzero(np.abs(joined) > QUIET)
        if not loud.size:
            buffered = joined if begun else joined[-samples_in(LEAD_MS, rate) :]
            continue
        if not begun:
            joined, loud = _trimmed(joined, loud, rate)
            begun = True
        end = int(loud[-1]) + 1
        yield joined[:end]
        buffered, last = joined[end:], float(joined[end - 1])
    if begun:
        yield _ending(buffered, last, samples_in(pause, rate), rate)


def _trimmed(sound: Sound, loud: Indices, rate: int) -> tuple[Sound, Indices]:
    """Without what is more than LEAD_MS before the first loud sample, faded in; and where it is loud now."""
    start = max(0, int(loud[0]) - samples_in(LEAD_MS, rate))
    sound = sound[start:].copy()
    fade = min(samples_in(_FADE_MS, rate), sound.size)
    sound[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    return sound, loud - start


def _ending(silence: Sound, last: float, wanted: int, rate: int) -> Sound:
    """The silence cut or drawn out to `wanted` samples, the voice's own faded out; `last` is the sample before it."""
    longest = samples_in(_FADE_MS, rate)
    own = silence[:wanted].copy() if silence.size else np.full(min(longest, wanted), last, dtype=np.float32)
    fade = min(longest, own.size)
    own[own.size - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return np.concatenate((own, np.zeros(wanted - own.size, dtype=np.float32)))
