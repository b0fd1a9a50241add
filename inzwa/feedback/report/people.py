"""Who was asked, and what they wrote."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.summary import DESCRIPTIONS, FEWEST
from inzwa.feedback.report.figures import Words
from inzwa.feedback.report.gather import Answered, Gathered
from inzwa.feedback.report.turns import REASONS

MOST: Final = 60
"""Rows of what people wrote, the latest; the export has all."""
LONGEST: Final = 300
"""Characters of one text that are shown."""


def counts(gathered: Gathered) -> list[tuple[str, str]]:
    """What there is: name and number."""
    raters = {turn.contributor for turn in gathered.turns} | {each.contributor for each in gathered.answers}
    times = sorted([turn.at for turn in gathered.turns] + [each.at for each in gathered.answers])
    days = f"{times[0]:%Y-%m-%d} to {times[-1]:%Y-%m-%d}" if times else "–"
    return [
        ("contributors who consented", f"{len(gathered.profiles)}"),
        ("of them with ratings or answers", f"{len(raters)}"),
        ("rated turns", f"{len(gathered.turns)}"),
        ("answers to tasks", f"{len(gathered.answers)}"),
        ("tasks skipped", f"{gathered.skipped}"),
        ("attention checks failed", _checks(gathered.answers)),
        ("recordings", f"{gathered.recordings} ({gathered.recorded_ms / 60_000:.1f} min)"),
        ("contributors who have withdrawn", f"{gathered.withdrawn}"),
        ("days (UTC)", days),
    ]


def descriptions(gathered: Gathered) -> list[tuple[str, str]]:
    """How contributors describe themselves; what fewer than FEWEST say is put together."""
    return [(name.replace("_", " "), _spread([each[name] for each in gathered.profiles])) for name in DESCRIPTIONS]


def words(gathered: Gathered) -> list[Words]:
    """Suggestions for Inzwa's own Shona, better replies, comments: the latest first, without personal details."""
    turns = gathered.turns[::-1]
    suggested = ((_text(each, "text"), each.answer["better"]) for each in _reviews(gathered) if each.answer["better"])
    replies = [
        *((each.heard, each.better) for each in turns if each.better),
        *((_text(each, "question"), each.answer["better"]) for each in gathered.judged("reply")[::-1]),
    ]
    comments = ((each.verdict, ", ".join(REASONS[reason] for reason in each.reasons), each.comment) for each in turns)
    return [
        Words("suggestions", ("as it is", "as it should be"), _shown(suggested)),
        Words("better-replies", ("question", "better reply"), _shown(pair for pair in replies if pair[1])),
        Words("comments", ("thumb", "reasons", "comment"), _shown(row for row in comments if row[-1])),
    ]


def _reviews(gathered: Gathered) -> list[Answered]:
    return gathered.judged("review")[::-1]


def _text(answer: Answered, name: str) -> str:
    return str(answer.payload.get(name, ""))


def _shown(rows: Iterator[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    replaced = PersonalDetails().replaced
    return tuple(tuple(_short(replaced(str(cell))) for cell in row) for row, _ in zip(rows, range(MOST), strict=False))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _spread(values: Sequence[str]) -> str:
    said = Counter(value for value in values if value)
    parts = [f"{value} {times}" for value, times in said.most_common() if times >= FEWEST]
    rare = sum(times for times in said.values() if times < FEWEST)
    parts += [f"others {rare}"] if rare else []
    return ", ".join([*parts, f"not said {len(values) - said.total()}"]) if values else "–"


def _checks(answers: Sequence[Answered]) -> str:
    checks = [each.passed for each in answers if each.passed is not None]
    return f"{sum(not passed for passed in checks)} of {len(checks)}"
