"""What was measured, as Markdown for people: a table of rates, a picture, the worst and the commonest. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, Final, Protocol

from inzwa.evaluation.comparison import compared_words
from inzwa.evaluation.distance import alignment
from inzwa.evaluation.hearing import HeardRow
from inzwa.evaluation.passage import Measured
from inzwa.evaluation.rates import PERCENT, rate
from inzwa.evaluation.reading import ReadText
from inzwa.evaluation.speaking import SpokenRow

PICTURE: Final = "errors.svg"
WORST: Final = 10
COMMONEST: Final = 20

How = Mapping[str, Any]
"""How it was measured: models, language, options."""


class Compared(Protocol):
    """What both kinds of rows hold."""

    name: str
    said: str
    heard: str
    words: int
    word_edits: int
    undivided_edits: int
    letters: int
    letter_edits: int


def hearing_report(measured: Measured[HeardRow], how: How, *, seed: int, fold: bool) -> str:
    """Recordings against a recogniser."""
    rows = measured.rows
    sound_s, took_s = sum(row.sound_s for row in rows), sum(row.took_s for row in rows)
    lines = [
        "# How well it hears",
        *_how(how, measured),
        *_rates(rows, seed),
        *table(
            ("speed", ""),
            [
                ("sound", f"{sound_s / 60:.1f} min"),
                ("time for a second of sound", f"{took_s / max(sound_s, 1e-9):.3f} s"),
                ("median time for a recording", f"{median([row.took_s for row in rows] or [0.0]):.3f} s"),
            ],
        ),
        *_picture(),
        *_confusions(rows, fold),
        *_worst(rows),
        *_left_out(measured.left_out),
    ]
    return "\n".join(lines) + "\n"


def speaking_report(measured: Measured[SpokenRow], how: How, *, seed: int) -> str:
    """Sentences said by a voice and heard by a recogniser."""
    rows = measured.rows
    clipped = sum(row.clipped > 0 for row in rows)
    lines = [
        "# How well it speaks",
        *_how(how, measured),
        *_rates(rows, seed),
        *table(
            ("sound", "median", "least", "most"),
            [
                ("time for a second of sound, s", *_spread([row.took_s / max(row.sound_s, 1e-9) for row in rows], 3)),
                ("first sound, s", *_spread([row.first_s for row in rows], 3)),
                ("letters a second", *_spread([row.letters / max(row.sound_s, 1e-9) for row in rows], 1)),
                ("level, dBFS", *_spread([row.level_dbfs for row in rows], 1)),
                ("peak, dBFS", *_spread([row.peak_dbfs for row in rows], 1)),
                ("silence, share of frames", *_spread([row.silent for row in rows], 3)),
                ("clipping, share of samples", *_spread([row.clipped for row in rows], 6)),
            ],
        ),
        f"{clipped} of {len(rows)} sentences touch full scale.",
        "",
        *_picture(),
        *_worst(rows),
        *_left_out(measured.left_out),
    ]
    return "\n".join(lines) + "\n"


def reading_report(read: ReadText, how: How) -> str:
    """A text through the normaliser and the reader."""
    lines = [
        "# How a text is read",
        *_how(how),
        *table(
            ("what", ""),
            [
                ("lines", f"{read.lines:,}"),
                ("words", f"{read.words:,}"),
                ("made speakable, words a second", f"{read.words / max(read.normalising_s, 1e-9):,.0f}"),
                ("from there to IPA, words a second", f"{read.words / max(read.reading_s, 1e-9):,.0f}"),
                ("lines changed", f"{read.changed_lines:,}"),
                ("lines with a figure left", f"{read.figures_left:,}"),
                ("lines of which nothing is heard", f"{read.silent_lines:,}"),
                ("characters for which nothing is said", f"{read.unsaid.total():,}"),
            ],
        ),
    ]
    if read.unsaid:
        lines += ["## For which nothing is said", ""]
        lines += table(
            ("character", "code", "times"),
            [(one, f"U+{ord(one):04X}", times) for one, times in read.unsaid.most_common(COMMONEST)],
        )
    if read.changes:
        lines += ["## What is said for what was written, the commonest first", ""]
        lines += table(("written", "said", "times"), [(*pair, n) for pair, n in read.changes.most_common(COMMONEST)])
    return "\n".join(lines) + "\n"


def letter_rates(rows: Sequence[Compared]) -> list[float]:
    """Each row's own character error rate."""
    return [row.letter_edits / max(1, row.letters) for row in rows]


def table(titles: Sequence[object], rows: Sequence[Sequence[object]]) -> list[str]:
    """Markdown, and an empty line after it."""
    return [_cells(titles), "|" + "---|" * len(titles), *map(_cells, rows), ""]


def _how(how: How, measured: Measured | None = None) -> list[str]:
    lines = ["", *(f"* {name}: {value}" for name, value in how.items())]
    if measured:
        lines.append(f"* samples: {len(measured.rows)}, of which {measured.resumed} were known from an earlier run")
    return [*lines, ""]


def _rates(rows: Sequence[Compared], seed: int) -> list[str]:
    words, letters = [row.words for row in rows], [row.letters for row in rows]
    found = (
        ("letters (CER)", [row.letter_edits for row in rows], letters),
        ("words (WER)", [row.word_edits for row in rows], words),
        ("words, however divided", [row.undivided_edits for row in rows], words),
    )
    rates = [(name, rate(edits, lengths, seed=seed), sum(edits), sum(lengths)) for name, edits, lengths in found]
    return table(
        ("errors by", "rate", f"{PERCENT:g} % interval", "edits", "of"),
        [(name, f"{one.value:.3f}", f"{one.low:.3f} to {one.high:.3f}", *sums) for name, one, *sums in rates],
    )


def _confusions(rows: Sequence[Compared], fold: bool) -> list[str]:
    """Words that took the place of others; a dash for none."""
    pairs = Counter(pair for row in rows for pair in _differing(row, fold))
    if not pairs:
        return []
    shown = [(said or "-", heard or "-", times) for (said, heard), times in pairs.most_common(COMMONEST)]
    return ["## What was heard for what was said, the commonest first", "", *table(("said", "heard", "times"), shown)]


def _differing(row: Compared, fold: bool) -> Iterator[tuple[str | None, str | None]]:
    said, heard = (compared_words(text, fold=fold) for text in (row.said, row.heard))
    return ((one, other) for one, other in alignment(said, heard) if one != other)


def _worst(rows: Sequence[Compared]) -> list[str]:
    ranked = sorted(zip(letter_rates(rows), rows, strict=True), key=lambda pair: -pair[0])
    shown = [(f"{value:.2f}", row.name, row.said, row.heard) for value, row in ranked[:WORST] if value]
    if not shown:
        return []
    return ["## The worst", "", *table(("errors a letter", "sample", "said", "heard"), shown)]


def _left_out(reasons: Sequence[str]) -> list[str]:
    return ["## Left out", "", *(f"* {reason}" for reason in reasons), ""] if reasons else []


def _picture() -> list[str]:
    return [f"![errors a letter, sample by sample]({PICTURE})", ""]


def _spread(values: Sequence[float], digits: int) -> tuple[str, str, str]:
    there = values or [0.0]
    return tuple(f"{value:.{digits}f}" for value in (median(there), min(there), max(there)))


def _cells(row: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
