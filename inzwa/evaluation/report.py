"""Reports in Markdown: rates, a picture, the worst samples and the commonest errors."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from inzwa.evaluation.asr import AsrRow
from inzwa.evaluation.comparison import compared_words
from inzwa.evaluation.distance import alignment
from inzwa.evaluation.journal import Measured, RowT
from inzwa.evaluation.rates import PERCENT, ScoredRow, rate
from inzwa.evaluation.text import TextFigures
from inzwa.evaluation.tts import TtsRow

PICTURE: Final = "errors.svg"
WORST: Final = 10
COMMONEST: Final = 20

How = Mapping[str, object]
"""How it was measured: models, language, options."""


def asr_report(measured: Measured[AsrRow], how: How, *, seed: int, fold: bool) -> str:
    """Of a recogniser on recordings."""
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


def tts_report(measured: Measured[TtsRow], how: How, *, seed: int) -> str:
    """Of a voice, by way of a recogniser."""
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


def text_report(figures: TextFigures, how: How) -> str:
    """Of the normaliser and the conversion to IPA on a text."""
    lines = [
        "# How a text is read",
        *_how(how),
        *table(
            ("what", ""),
            [
                ("lines", f"{figures.lines:,}"),
                ("words", f"{figures.words:,}"),
                ("made speakable, words a second", f"{figures.words / max(figures.normalising_s, 1e-9):,.0f}"),
                ("from there to IPA, words a second", f"{figures.words / max(figures.reading_s, 1e-9):,.0f}"),
                ("lines changed", f"{figures.changed_lines:,}"),
                ("lines with a figure left", f"{figures.figures_left:,}"),
                ("lines of which nothing is heard", f"{figures.silent_lines:,}"),
                ("characters for which nothing is said", f"{figures.unsaid.total():,}"),
            ],
        ),
    ]
    if figures.unsaid:
        lines += ["## For which nothing is said", ""]
        lines += table(
            ("character", "code", "times"),
            [(one, f"U+{ord(one):04X}", times) for one, times in figures.unsaid.most_common(COMMONEST)],
        )
    if figures.changes:
        lines += ["## What is said for what was written, the commonest first", ""]
        lines += table(("written", "said", "times"), [(*pair, n) for pair, n in figures.changes.most_common(COMMONEST)])
    return "\n".join(lines) + "\n"


def letter_rates(rows: Sequence[ScoredRow]) -> list[float]:
    """Each row's own character error rate."""
    return [row.letter_edits / max(1, row.letters) for row in rows]


def table(titles: Sequence[object], rows: Sequence[Sequence[object]]) -> list[str]:
    """A Markdown table with an empty line after it."""
    return [_cells(titles), "|" + "---|" * len(titles), *map(_cells, rows), ""]


def _how(how: How, measured: Measured[RowT] | None = None) -> list[str]:
    lines = ["", *(f"* {name}: {value}" for name, value in how.items())]
    if measured:
        lines.append(f"* samples: {len(measured.rows)}, of which {measured.resumed} were known from an earlier run")
    return [*lines, ""]


def _rates(rows: Sequence[ScoredRow], seed: int) -> list[str]:
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


def _confusions(rows: Sequence[ScoredRow], fold: bool) -> list[str]:
    """Words that took the place of others; a dash for none."""
    pairs = Counter(pair for row in rows for pair in _differing(row, fold))
    if not pairs:
        return []
    shown = [(said or "-", heard or "-", times) for (said, heard), times in pairs.most_common(COMMONEST)]
    return ["## What was heard for what was said, the commonest first", "", *table(("said", "heard", "times"), shown)]


def _differing(row: ScoredRow, fold: bool) -> Iterator[tuple[str | None, str | None]]:
    said, heard = (compared_words(text, fold=fold) for text in (row.said, row.heard))
    return ((one, other) for one, other in alignment(said, heard) if one != other)


def _worst(rows: Sequence[ScoredRow]) -> list[str]:
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
    """Median, least and most."""
    there = values or [0.0]
    return f"{median(there):.{digits}f}", f"{min(there):.{digits}f}", f"{max(there):.{digits}f}"


def _cells(row: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
