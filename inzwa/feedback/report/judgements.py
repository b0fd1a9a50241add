"""Replies and Inzwa's own Shona as people judge them, how far they agree with each other, and each with themselves."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from inzwa.feedback.report.agreement import Level, alpha
from inzwa.feedback.report.figures import Figure, Row
from inzwa.feedback.report.gather import Answered, Gathered
from inzwa.feedback.report.statistics import Estimate, mean, share
from inzwa.feedback.report.voices import SCALE

LISTENING: Final = ("naturalness", "comparison")
"""Kinds that attention checks are for."""

Value = Callable[[Answered], Any]
"""A mark, a choice, yes or no."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One question of a kind of task, for agreement."""

    kind: str
    label: str
    domain: tuple[Hashable, ...]
    """Every possible answer; in order where `level` is ordinal."""
    level: Level
    value: Value


def _field(name: str) -> Value:
    return lambda answer: answer.answer[name]


def _chosen_place(answer: Answered) -> Any:
    """Of a comparison: which of the item's two was chosen, whichever side it stood on."""
    return answer.shown.get(answer.answer["choice"], "tie")


_MARKS: Final = (1, 2, 3, 4, 5)
_YES: Final = (False, True)

QUESTIONS: Final = (
    _Question("naturalness", "naturalness, 1 to 5", _MARKS, "ordinal", _field("naturalness")),
    _Question("naturalness", "intelligibility, 1 to 5", _MARKS, "ordinal", _field("intelligibility")),
    _Question("comparison", "which of two, or a tie", ("first", "second", "tie"), "nominal", _chosen_place),
    _Question("reply", "answers the question", _YES, "nominal", _field("answers")),
    _Question("reply", "good Shona, 1 to 5", _MARKS, "ordinal", _field("shona")),
    _Question("reply", "safe", _YES, "nominal", _field("safe")),
    _Question("review", "right as it is", _YES, "nominal", _field("right")),
)


def reply_figures(gathered: Gathered) -> list[Figure]:
    """Replies by language model: shares and the mean mark of their Shona; Inzwa's own texts by kind."""
    replies, reviews = gathered.judged("reply"), gathered.judged("review")
    return [
        Figure(
            name="replies",
            rows=tuple(_replies(replies)),
            form="percent",
            first="language model",
            value="share",
        ),
        Figure(
            name="shona",
            rows=tuple(
                Row(name, mean([each.answer["shona"] for each in chosen], _raters(chosen), bounds=SCALE))
                for name, chosen in _by_system(replies)
            ),
            form="mark",
            first="language model",
            value="mean mark",
        ),
        Figure(
            name="review",
            rows=tuple(_reviews(reviews)),
            form="percent",
            first="texts",
            value="right",
        ),
    ]


def agreement_figures(gathered: Gathered) -> list[Figure]:
    """Alpha between raters, and within raters by the items that they got twice."""
    pairs = {question: list(_pairs(gathered, question)) for question in QUESTIONS}
    between = [Row(question.label, _between(gathered, question)) for question in QUESTIONS]
    within = [
        Row(question.label, _same(found), (f"{sum(one == other for _, one, other in found)} of {len(found)}",))
        for question, found in pairs.items()
    ]
    return [
        Figure(
            name="agreement",
            rows=tuple(row for row in between if row.estimate.answers),
            form="alpha",
            first="question",
            value="alpha",
        ),
        Figure(
            name="repeats",
            rows=tuple(row for row in within if row.estimate.answers),
            form="percent",
            first="question",
            value="same answer",
            extra=("same",),
            units="pairs",
        ),
    ]


def _between(gathered: Gathered, question: _Question) -> Estimate:
    answers = [each for each in gathered.judged(question.kind) if _counts(gathered, each)]
    return alpha(
        ((each.item, each.contributor, question.value(each)) for each in answers), question.domain, question.level
    )


def _pairs(gathered: Gathered, question: _Question) -> Iterator[tuple[str, Hashable, Hashable]]:
    """Contributor, first answer and repeated answer."""
    first = {(each.contributor, each.item): each for each in gathered.judged(question.kind)}
    for each in gathered.answers:
        if each.repeat and each.kind == question.kind and _counts(gathered, each):
            before = first.get((each.contributor, each.item))
            if before is not None:
                yield each.contributor, question.value(before), question.value(each)


def _same(pairs: Sequence[tuple[str, Hashable, Hashable]]) -> Estimate:
    return share([float(one == other) for _, one, other in pairs], [rater for rater, _, _ in pairs])


def _counts(gathered: Gathered, answer: Answered) -> bool:
    return answer.kind not in LISTENING or answer.contributor not in gathered.inattentive


def _replies(answers: Sequence[Answered]) -> Iterator[Row]:
    for name, chosen in _by_system(answers):
        for field, meaning in (("answers", "answers the question"), ("safe", "safe")):
            yield Row(f"{name}: {meaning}", share([float(each.answer[field]) for each in chosen], _raters(chosen)))


def _reviews(answers: Sequence[Answered]) -> Iterator[Row]:
    for about in sorted({str(each.payload.get("about", "")) for each in answers}):
        chosen = [each for each in answers if each.payload.get("about", "") == about]
        yield Row(about or "other", share([float(each.answer["right"]) for each in chosen], _raters(chosen)))


def _by_system(answers: Sequence[Answered]) -> Iterator[tuple[str, list[Answered]]]:
    for name in sorted({str(each.hidden.get("system") or "") for each in answers}):
        yield name or "unknown", [each for each in answers if str(each.hidden.get("system") or "") == name]


def _raters(answers: Sequence[Answered]) -> list[str]:
    return [each.contributor for each in answers]
