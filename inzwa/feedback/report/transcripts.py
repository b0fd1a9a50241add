"""How well recognisers hear, by what people corrected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from inzwa.evaluation.rates import Counts, count
from inzwa.feedback.report.figures import Figure, Row
from inzwa.feedback.report.gather import Gathered
from inzwa.feedback.report.statistics import Estimate, ratio

TASKS: Final = "tasks"
TURNS: Final = "while talking"


@dataclass(frozen=True, slots=True)
class _Correction:
    """One transcript and what it should be."""

    label: str
    contributor: str
    counts: Counts


def transcript_figures(gathered: Gathered) -> list[Figure]:
    """Word and character error rates by recogniser."""
    corrections = list(_corrections(gathered))
    untouched = sum(not each.said for each in gathered.turns)
    return [
        Figure(
            name="words",
            note=f"{untouched} rated turns were not corrected.",
            rows=tuple(_rows(corrections, "word_edits", "words")),
            form="rate",
            first="recogniser",
            value="errors by words",
            extra=("errors, words",),
            units="transcripts",
        ),
        Figure(
            name="letters",
            rows=tuple(_rows(corrections, "letter_edits", "letters")),
            form="rate",
            first="recogniser",
            value="errors by letters",
            extra=("errors, letters",),
            units="transcripts",
        ),
    ]


def _corrections(gathered: Gathered) -> Iterator[_Correction]:
    for answer in gathered.judged("transcript"):
        label = f"{answer.hidden.get('system') or 'unknown'}, {TASKS}"
        counts = count(str(answer.answer["text"]), str(answer.payload.get("text", "")))
        yield _Correction(label, answer.contributor, counts)
    for turn in gathered.turns:
        if turn.said:
            label = f"{turn.models.get('asr') or 'unknown'}, {TURNS}"
            yield _Correction(label, turn.contributor, count(turn.said, turn.heard))


def _rows(corrections: Sequence[_Correction], edits: str, units: str) -> Iterator[Row]:
    for label in sorted({each.label for each in corrections}):
        chosen = [each for each in corrections if each.label == label]
        wrong: list[int] = [getattr(each.counts, edits) for each in chosen]
        whole: list[int] = [getattr(each.counts, units) for each in chosen]
        yield Row(label, _rate(wrong, whole, chosen), (f"{sum(wrong)}, {sum(whole)}",))


def _rate(edits: Sequence[int], units: Sequence[int], chosen: Sequence[_Correction]) -> Estimate:
    return ratio(edits, units, [each.contributor for each in chosen])
