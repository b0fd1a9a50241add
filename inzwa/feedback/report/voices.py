"""How voices sound: mean opinion scores and comparisons of two, by system, model, voice and speed."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from inzwa.feedback.report.figures import TOO_FEW, Figure, Form, Row, interval, shown
from inzwa.feedback.report.gather import Answered, Gathered
from inzwa.feedback.report.statistics import Estimate, mean, share

SCALE: Final = (1.0, 5.0)
"""Bad to excellent, after ITU-T P.800 and P.808."""
DETAILS: Final = ("model", "voice", "speed")
"""What a system is made of: keys of an item's hidden `details`."""
CHECKS: Final = 8
"""Hexadecimal digits of a model's sha256 that tell two of one name apart."""


def voice_figures(gathered: Gathered) -> list[Figure]:
    """Naturalness, intelligibility, comparisons, and whether the order counted."""
    out = gathered.inattentive
    marks = gathered.judged("naturalness")
    comparisons = gathered.judged("comparison")
    return [
        _marks("naturalness", marks, out),
        _marks("intelligibility", marks, out),
        _preferences(comparisons, out),
        _order([each for each in comparisons if each.contributor not in out]),
    ]


def preferred(answer: Answered) -> str:
    """Of a comparison: the name of the system that was chosen; empty for a tie."""
    systems, place = answer.hidden.get("systems", {}), answer.shown.get(answer.answer["choice"], "")
    return str(systems.get(place, ""))


def _marks(name: str, answers: list[Answered], out: frozenset[str]) -> Figure:
    labels = _labels(answers)
    rows = _rows(answers, labels, out, lambda chosen: _mean(chosen, name), "mark")
    groups = len(rows)
    for detail in DETAILS:
        rows += _by_detail(answers, detail, out, name)
    return Figure(
        name=name,
        note=_left_out(out),
        rows=tuple(rows),
        form="mark",
        first="system",
        value="mean mark",
        extra=("those left out, too",) if out else (),
        groups=groups,
    )


def _rows(
    answers: Sequence[Answered],
    label: Callable[[Answered], str],
    out: frozenset[str],
    estimate: Callable[[Sequence[Answered]], Estimate],
    form: Form,
) -> list[Row]:
    """A row for each label, in order; beside it the figure with the answers of those who are left out."""
    found = []
    for name in sorted({label(each) for each in answers}):
        everybody = [each for each in answers if label(each) == name]
        counted = estimate([each for each in everybody if each.contributor not in out])
        found.append(Row(name, counted, (_brief(estimate(everybody), form),) if out else ()))
    return found


def _by_detail(answers: Sequence[Answered], detail: str, out: frozenset[str], name: str) -> list[Row]:
    """Rows by model, by voice or by speed, where there are several."""
    known = [each for each in answers if detail in each.hidden.get("details", {})]
    if len({each.hidden["details"][detail] for each in known}) < 2:
        return []
    return _rows(
        known,
        lambda each: f"{detail} {_plain(each.hidden['details'][detail])}",
        out,
        lambda chosen: _mean(chosen, name),
        "mark",
    )


def _labels(answers: Iterable[Answered]) -> Callable[[Answered], str]:
    """The system's name, and a checksum behind it where models of that name differ."""
    sums: dict[str, set[str]] = {}
    for each in answers:
        sums.setdefault(_system(each), set()).add(_sha256(each))
    return lambda each: (
        _system(each) + (f" ({_sha256(each)[:CHECKS] or 'unknown'})" if len(sums[_system(each)]) > 1 else "")
    )


def _system(answer: Answered) -> str:
    return str(answer.hidden.get("system") or "not named")


def _sha256(answer: Answered) -> str:
    return str(answer.hidden.get("details", {}).get("sha256", ""))


def _mean(answers: Sequence[Answered], name: str) -> Estimate:
    return mean([each.answer[name] for each in answers], [each.contributor for each in answers], bounds=SCALE)


def _preferences(answers: list[Answered], out: frozenset[str]) -> Figure:
    rows = [
        Row(row.label, row.estimate, (*_outcomes(answers, row.label, out), *row.extra))
        for row in _rows([each for each in answers if _pair(each)], _against, out, _preference, "percent")
    ]
    return Figure(
        name="comparison",
        note=_left_out(out),
        rows=tuple(rows),
        form="percent",
        first="pair",
        value="first preferred",
        extra=("first, tie, second", *(("those left out, too",) if out else ())),
        middle=0.5,
    )


def _preference(answers: Sequence[Answered]) -> Estimate:
    points = [0.5 if not preferred(each) else float(preferred(each) == _pair(each)[0]) for each in answers]
    return share(points, [each.contributor for each in answers])


def _outcomes(answers: Iterable[Answered], label: str, out: frozenset[str]) -> tuple[str]:
    chosen = [each for each in answers if _pair(each) and _against(each) == label and each.contributor not in out]
    first = sum(preferred(each) == _pair(each)[0] for each in chosen)
    ties = sum(not preferred(each) for each in chosen)
    return (f"{first}, {ties}, {len(chosen) - first - ties}",)


def _against(answer: Answered) -> str:
    return " against ".join(_pair(answer))


def _pair(answer: Answered) -> tuple[str, ...]:
    """Both systems in the order of their names, empty where they are not known."""
    return tuple(sorted(str(name) for name in answer.hidden.get("systems", {}).values()))


def _order(answers: Sequence[Answered]) -> Figure:
    """Whether the clip that is heard first is favoured."""
    decided = [each for each in answers if each.answer["choice"] != "tie"]
    estimate = share([float(each.answer["choice"] == "a") for each in decided], [each.contributor for each in decided])
    return Figure(
        name="order",
        rows=(Row("A chosen", estimate),) if decided else (),
        form="percent",
        first="",
        value="share",
        picture="",
        middle=0.5,
    )


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _left_out(out: frozenset[str]) -> str:
    if not out:
        return "Nobody failed more than a third of the attention checks."
    people = "1 rater" if len(out) == 1 else f"{len(out)} raters"
    return f"Left out: {people} who failed more than a third of the attention checks that they answered."


def _brief(estimate: Estimate, form: Form) -> str:
    return f"{shown(estimate.value, form)} ({interval(estimate, form)})" if estimate.value is not None else TOO_FEW
