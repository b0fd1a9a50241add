"""Pictures of figures as inline SVG, drawn by the templates beside; colours come from the page, light or dark.

Each has a title and a description for screen readers, and the figure's table stands beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from inzwa.feedback.report.figures import Figure, Form, Row, axis, interval, shown

WIDTH: Final = 520
"""Units of the drawing: CSS pixels on a wide screen, fewer on a phone, where labels must still be read."""
LABEL: Final = 48
"""Characters of a label that fit; the table has all of it."""
LEFT: Final = 16
RIGHT: Final = 494
"""Where the axis of intervals begins and ends."""
LINE: Final = 48
"""Height of a row of intervals: the label, and the interval below it."""
COLUMNS_TOP: Final = 14
COLUMNS_BASE: Final = 190
COLUMNS_LEFT: Final = 56
COLUMNS_RIGHT: Final = 490
EVERY: Final = 96
"""Room for a label below a column."""

TEMPLATES: Final = ImmutableSandboxedEnvironment(
    loader=PackageLoader("inzwa.feedback.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One row: where its value and its interval are on the axis, and where the row is."""

    label: str
    at: float
    """The middle of the row, or of the column."""
    value: float
    low: float
    high: float
    text: str
    answers: str


def picture(figure: Figure, title: str) -> Markup:
    """The figure's picture; empty where it has none, or nothing to draw."""
    if not figure.drawn:
        return Markup("")
    draw = _columns if figure.picture == "columns" else _intervals
    return draw(figure, title)


def described(figure: Figure) -> str:
    """Every value in words, for those who do not see the picture."""
    return "; ".join(_words(row, figure.form) for row in figure.drawn)


def _words(row: Row, form: Form) -> str:
    return f"{row.label}: {shown(row.estimate.value, form)}, from {interval(row.estimate, form)}"


def _intervals(figure: Figure, title: str) -> Markup:
    """A row for each label: a dot with its interval on a common axis."""
    low, high = _range(figure)
    scale = (RIGHT - LEFT) / (high - low)
    marks = [
        Mark(
            label=_short(row.label, LABEL),
            at=LINE * place + 16,
            value=LEFT + ((row.estimate.value or 0) - low) * scale,
            low=LEFT + ((row.estimate.low or 0) - low) * scale,
            high=LEFT + ((row.estimate.high or 0) - low) * scale,
            text=shown(row.estimate.value, figure.form),
            answers=f"n = {row.estimate.answers}",
        )
        for place, row in enumerate(figure.drawn)
    ]
    middle = None if figure.middle is None else LEFT + (figure.middle - low) * scale
    ticks = [Tick(LEFT + (at - low) * scale, text) for at, text in _ticks(low, high, figure.form)]
    base = LINE * len(marks)
    return _drawn("intervals.html", figure, title, marks=marks, ticks=ticks, middle=middle, base=base)


def _columns(figure: Figure, title: str) -> Markup:
    """A column for each label with its interval, in order."""
    low, high = _range(figure)
    height = (COLUMNS_BASE - COLUMNS_TOP) / (high - low)
    step = (COLUMNS_RIGHT - COLUMNS_LEFT) / max(len(figure.drawn), 5)
    every = max(1, round(EVERY / step + 0.49))
    marks = [
        Mark(
            label=row.label if place % every == 0 else "",
            at=COLUMNS_LEFT + step * (place + 0.5),
            value=COLUMNS_BASE - ((row.estimate.value or 0) - low) * height,
            low=COLUMNS_BASE - ((row.estimate.low or 0) - low) * height,
            high=COLUMNS_BASE - ((row.estimate.high or 0) - low) * height,
            text=shown(row.estimate.value, figure.form),
            answers=f"{row.estimate.answers}" if place % every == 0 else "",
        )
        for place, row in enumerate(figure.drawn)
    ]
    ticks = [Tick(COLUMNS_BASE - (at - low) * height, text) for at, text in _ticks(low, high, figure.form)]
    width = min(40.0, step * 0.6)
    return _drawn("columns.html", figure, title, marks=marks, ticks=ticks, width=width, base=COLUMNS_BASE)


def _drawn(template: str, figure: Figure, title: str, **places: object) -> Markup:
    text = TEMPLATES.get_template(template).render(
        figure=figure, title=title, described=described(figure), page_width=WIDTH, left=LEFT, end=RIGHT, **places
    )
    return Markup(text)  # made with autoescape


def _range(figure: Figure) -> tuple[float, float]:
    """The axis: that of the form; of shares and rates only as much as is needed."""
    low, high = axis(figure.form)
    least = min(row.estimate.low or 0 for row in figure.drawn)
    most = max(row.estimate.high or 0 for row in figure.drawn)
    if figure.form in ("rate", "percent") and figure.middle is None:
        return 0.0, next(end for end in (0.25, 0.5, 1.0, 2.0, 5.0, max(10.0, most)) if most <= end)
    return (-1.0 if least < low else low), high


def _ticks(low: float, high: float, form: Form) -> Iterator[tuple[float, str]]:
    """Five or six places, each with its text."""
    steps = 4 if high - low in (1.0, 2.0, 4.0) else 5
    for place in range(steps + 1):
        at = low + (high - low) * place / steps
        yield at, f"{at:g}" if form in ("mark", "alpha") else f"{100 * at:.0f} %"


def _short(label: str, longest: int) -> str:
    return label if len(label) <= longest else f"{label[: longest - 1]}…"
