"""What people think of turns while they talk: thumbs by week and by model, reasons, and whether waiting counts."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from inzwa.feedback.records import Reason
from inzwa.feedback.report.figures import Figure, Row
from inzwa.feedback.report.gather import Gathered, RatedTurn
from inzwa.feedback.report.statistics import Estimate, rank_correlation, share

WEEKS: Final = 26
"""The last so many that have ratings."""
BANDS_MS: Final = (500, 1_000, 2_000, 4_000, 8_000)
"""Milliseconds from the end of speech to the first sound that divide the bands."""
STAGES: Final = {"llm": "language model", "tts": "voice", "asr": "recogniser"}
REASONS: Final[dict[Reason, str]] = {
    "misheard": "did not hear me right",
    "wrong_answer": "wrong answer",
    "bad_shona": "bad Shona",
    "unnatural_voice": "unnatural voice",
    "too_slow": "too slow",
    "interrupted_me": "interrupted me",
    "unsafe": "not safe",
    "other": "other",
}


def turn_figures(gathered: Gathered) -> list[Figure]:
    """Thumbs by week and by model, reasons, thumbs down by the time waited."""
    judged = [each for each in gathered.turns if each.verdict]
    timed = [each for each in judged if each.first_audio_ms is not None]
    return [_weeks(judged), _models(judged), _reasons(gathered.turns), _bands(timed), _correlation(timed)]


def _weeks(turns: Sequence[RatedTurn]) -> Figure:
    weeks = sorted({_week(each) for each in turns})[-WEEKS:]
    return Figure(
        name="thumbs",
        rows=tuple(_thumbs(week, [each for each in turns if _week(each) == week], "up") for week in weeks),
        form="percent",
        first="week",
        value="thumbs up",
        extra=("up, down",),
        picture="columns",
    )


def _models(turns: Sequence[RatedTurn]) -> Figure:
    rows = [
        _thumbs(f"{meaning}: {model}", [each for each in turns if each.models.get(stage) == model], "up")
        for stage, meaning in STAGES.items()
        for model in sorted({each.models.get(stage, "") for each in turns} - {""})
    ]
    return Figure(
        name="models",
        rows=tuple(rows),
        form="percent",
        first="model",
        value="thumbs up",
        extra=("up, down",),
    )


def _reasons(turns: Sequence[RatedTurn]) -> Figure:
    raters = [each.contributor for each in turns]
    found = {meaning: [float(reason in each.reasons) for each in turns] for reason, meaning in REASONS.items()}
    rows = (Row(meaning, share(given, raters), (f"{sum(given):.0f}",)) for meaning, given in found.items())
    return Figure(
        name="reasons",
        rows=tuple(sorted(rows, key=lambda row: -int(row.extra[0]))) if turns else (),
        form="percent",
        first="reason",
        value="of rated turns",
        extra=("times",),
        units="rated turns",
    )


def _bands(turns: Sequence[RatedTurn]) -> Figure:
    """Thumbs down by how long the first sound took."""
    edges = (0, *BANDS_MS)
    labels = [f"{low / 1000:g} to {high / 1000:g} s" for low, high in zip(edges, BANDS_MS, strict=False)] + [
        f"over {BANDS_MS[-1] / 1000:g} s"
    ]
    banded = {label: [each for each in turns if _band(each) == place] for place, label in enumerate(labels)}
    return Figure(
        name="latency",
        rows=tuple(_thumbs(label, chosen, "down") for label, chosen in banded.items() if chosen),
        form="percent",
        first="first sound after",
        value="thumbs down",
        extra=("up, down",),
        picture="columns",
    )


def _correlation(turns: Sequence[RatedTurn]) -> Figure:
    estimate = rank_correlation(
        [float(each.first_audio_ms or 0) for each in turns],
        [float(each.verdict == "down") for each in turns],
        [each.contributor for each in turns],
    )
    return Figure(
        name="correlation",
        rows=(Row("time waited and thumbs down", estimate),) if turns else (),
        form="alpha",
        first="",
        value="correlation",
        picture="",
    )


def _thumbs(label: str, turns: Sequence[RatedTurn], verdict: str) -> Row:
    up = sum(each.verdict == "up" for each in turns)
    return Row(label, _share(turns, lambda each: each.verdict == verdict), (f"{up}, {len(turns) - up}",))


def _share(turns: Iterable[RatedTurn], holds: Callable[[RatedTurn], bool]) -> Estimate:
    chosen = list(turns)
    return share([float(holds(each)) for each in chosen], [each.contributor for each in chosen])


def _week(turn: RatedTurn) -> str:
    year, week, _ = turn.at.isocalendar()
    return f"{year}-W{week:02}"


def _band(turn: RatedTurn) -> int:
    return sum((turn.first_audio_ms or 0) >= edge for edge in BANDS_MS)
