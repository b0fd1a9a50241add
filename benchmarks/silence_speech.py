"""Turns with pauses inside sentences, as people make them: what benchmarks.silence decides over.

A whole sentence is said at once, so what stands before a pause has the prosody of a sentence that goes on; the pause
is put in afterwards at the border of two words, which the voice's own durations give. Before a hesitation the last
vowel is lengthened or a filler said: pauses alone do not mark hesitations (Campione & Veronis 2005).

Pauses are log-normal (Campione & Veronis 2002: brief below 200 ms, medium to 1000 ms, long ones in spontaneous speech
alone; Kirsner et al. 2002: at least two log-normal components). The parameters are ours, chosen to lie in what is
published: a typical pause lasts a quarter to half a second (Lundholm Fors 2015), which is taken for the middle half of
those at clause borders; hesitations are longer (Ruder & Jensen 1972), after a filler more so (Clark & Fox Tree 2002);
speakers differ (Lundholm Fors 2015).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound, samples_in

SENTENCES: Final = Path(__file__).with_name("silence.tsv")

Kind = Literal["clause", "sentence", "hesitation", "filler"]
"""Where a pause is: at a clause border, between two sentences of a turn, inside a phrase, after a filler there."""

MEDIAN_MS: Final[dict[Kind, float]] = {"clause": 354, "sentence": 500, "hesitation": 600, "filler": 750}
SPREAD: Final[dict[Kind, float]] = {"clause": 0.51, "sentence": 0.5, "hesitation": 0.6, "filler": 0.6}
"""Standard deviation of the natural logarithm: 0.51 puts the middle half of 354 ms between 250 and 500 ms."""
SPEAKER_SPREAD: Final = 0.25
"""The same, of the factor by which all pauses of one speaker are longer."""
SHARE: Final = {"|": 0.5, "||": 1.0, "/": 0.3}
"""How many of a mark's places have a pause."""
FILLERS: Final = {"sn": "ˈɛːm", "en": "ˈʌːm"}
FILLED: Final = 0.4
"""Of the hesitations."""
LENGTHENED: Final = (1.4, 2.4)
"""How much longer the last vowel before a hesitation is."""
LONGEST_PAUSE_MS: Final = 3_000

LEAD_MS: Final = 500
REST_MS: Final = 2_200
"""Silence before and after the speech; longer than any hangover."""
FLOOR_DBFS: Final = -62.0
"""Level of the room's noise."""
FADE_MS: Final = 12
QUIET: Final = 0.02
"""Of the loudest sample: fainter sound at a border belongs to the pause."""

_MARK: Final = re.compile(r" (\|\||\||/) ")
VOWEL: Final = re.compile("[aeiouæɐɑɒɔəɚɛɜɪʊʌ]")


@dataclass(frozen=True, slots=True)
class Script:
    """A sentence with the places where a speaker may pause: `|` at a clause, `||` at a sentence, `/` in a phrase."""

    language: str
    text: str
    symbols: str
    """English in IPA with the same marks; empty for Shona, which is spelt as it sounds."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it."""

    speed: float
    pitch: float
    """Of the voice's own; its formants move along."""
    pauses: float
    """How long this speaker's pauses are, 1 being usual."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause that was put in. Times are milliseconds of the sound."""

    kind: Kind
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What a speaker said, with room before and after."""

    text: str
    language: str
    sound: Sound
    """Shape (samples,), float32, 16 kHz."""
    pauses: tuple[Pause, ...]

    @property
    def end_ms(self) -> float:
        """Where the last speech ended."""
        return self.sound.size * 1000 / INPUT_RATE - REST_MS


def read_scripts(path: Path = SENTENCES) -> list[Script]:
    """The sentences of a file with three columns: language, text with marks, IPA with marks."""
    return [Script(*line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()]


def plain_scripts(path: Path, chance: np.random.Generator) -> list[Script]:
    """Shona text without marks, a sentence a line: clauses end at commas; a phrase may break at any word."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Script("sn", _marked(line, chance), "") for line in lines if line]


def unmarked(text: str) -> str:
    """What is said of a script's text."""
    return _MARK.sub(" ", text)


def _marked(line: str, chance: np.random.Generator) -> str:
    first, *rest = line.split()
    text = first
    for word in rest:
        places = {",": " | ", ".": " || ", "?": " || "}
        text += places.get(text[-1], " / " if chance.random() < 0.15 else " ") + word
    return text


def speakers(count: int, chance: np.random.Generator) -> list[Speaker]:
    """People who differ in pace, pitch and how long they pause."""
    return [
        Speaker(
            speed=float(chance.uniform(0.85, 1.2)),
            pitch=float(chance.uniform(0.85, 1.3)),
            pauses=float(np.exp(chance.normal(0, SPEAKER_SPREAD))),
        )
        for _ in range(count)
    ]


def chosen(script: Script, chance: np.random.Generator) -> tuple[list[str], list[Kind]]:
    """The pieces between which the speaker pauses this time, and what the pauses are."""
    first, *rest = _MARK.split(script.symbols or script.text)
    pieces, kinds = [first], list[Kind]()
    for mark, piece in zip(rest[::2], rest[1::2], strict=True):
        if chance.random() >= SHARE[mark]:
            pieces[-1] += f" {piece}"
            continue
        kind: Kind = {"|": "clause", "||": "sentence"}.get(mark, "hesitation")  # type: ignore[assignment]
        if kind == "hesitation" and chance.random() < FILLED:
            kind = "filler"
        pieces.append(piece)
        kinds.append(kind)
    return pieces, kinds


def pause_ms(kind: Kind, speaker: Speaker, chance: np.random.Generator) -> float:
    """How long this pause is."""
    drawn = MEDIAN_MS[kind] * speaker.pauses * np.exp(chance.normal(0, SPREAD[kind]))
    return float(min(LONGEST_PAUSE_MS, drawn))


def with_pauses(
    sound: Sound, borders: Sequence[int], pauses: Sequence[tuple[Kind, float]]
) -> tuple[Sound, tuple[Pause, ...]]:
    """Pauses of these lengths at the borders, in place of what near-silence there is; both ends trimmed."""
    loud = np.abs(sound) >= QUIET * np.abs(sound).max(initial=0.0)
    parts, found, size = list[Sound](), list[Pause](), 0
    at = int(np.argmax(loud))
    for border, (kind, length_ms) in zip(borders, pauses, strict=True):
        end = _last(loud[:border]) + 1
        parts.append(_faded(sound[at:end]))
        size += parts[-1].size
        start_ms = size * 1000 / INPUT_RATE
        parts.append(np.zeros(samples_in(length_ms, INPUT_RATE), dtype=np.float32))
        size += parts[-1].size
        found.append(Pause(kind, start_ms, size * 1000 / INPUT_RATE))
        at = border + int(np.argmax(loud[border:]))
    parts.append(_faded(sound[at : _last(loud) + 1]))
    return np.concatenate(parts), tuple(found)


def _last(loud: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    return loud.size - 1 - int(np.argmax(loud[::-1]))


def _faded(sound: Sound) -> Sound:
    """No clicks at the ends."""
    ramp = np.minimum(1, np.arange(sound.size, dtype=np.float32) / samples_in(FADE_MS, INPUT_RATE))
    return sound * ramp * ramp[::-1]


def in_a_room(turn: Turn, chance: np.random.Generator) -> Turn:
    """With silence before and after, and a quiet room's noise under it all."""
    sound = np.pad(turn.sound, [samples_in(ms, INPUT_RATE) for ms in (LEAD_MS, REST_MS)])
    noise = chance.standard_normal(sound.size).astype(np.float32) * np.float32(10 ** (FLOOR_DBFS / 20))
    moved = tuple(replace(each, start_ms=each.start_ms + LEAD_MS, end_ms=each.end_ms + LEAD_MS) for each in turn.pauses)
    return replace(turn, sound=sound + noise, pauses=moved)
