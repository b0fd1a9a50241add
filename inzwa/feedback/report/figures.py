"""What a report shows: sections of figures, each a table of estimates and perhaps a picture."""

from dataclasses import dataclass
from typing import Final, Literal

from inzwa.feedback.report.statistics import LEAST_ANSWERS, LEAST_RATERS, Estimate

Form = Literal["mark", "percent", "rate", "alpha"]
"""A mark from 1 to 5; a share; a rate of errors, which may pass 1; a coefficient from -1 to 1."""

TOO_FEW: Final = f"fewer than {LEAST_ANSWERS} answers or {LEAST_RATERS} raters"

NOTHING_TO_TELL: Final = "too few answers, or all the same"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a figure's table."""

    label: str
    estimate: Estimate
    extra: tuple[str, ...] = ()
    """Further cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A table of estimates of one kind, and its picture."""

    name: str
    """A key of texts.toml, which says how it is counted and how to read it."""
    rows: tuple[Row, ...]
    form: Form
    first: str
    """What the labels are."""
    value: str
    """What the figures are."""
    extra: tuple[str, ...] = ()
    """Titles of the further columns."""
    units: str = "answers"
    picture: Literal["intervals", "columns", ""] = "intervals"
    middle: float | None = None
    """Where the picture has a line: what chance would give."""
    note: str = ""
    """What is to be said of these answers besides."""
    groups: int = 0
    """So many of the first rows are the whole picture; 0 for all."""

    @property
    def drawn(self) -> tuple[Row, ...]:
        """The rows of the picture that have a figure; empty where there is no picture."""
        rows = self.rows[: self.groups or None] if self.picture else ()
        return tuple(row for row in rows if row.estimate.value is not None)


@dataclass(frozen=True, slots=True)
class Words:
    """Texts that people wrote, beside what they are about."""

    name: str
    """A key of texts.toml."""
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def shown(value: float | None, form: Form) -> str:
    """A value as it is read."""
    if value is None:
        return "–"
    if form == "percent":
        return f"{100 * value:.0f} %"
    return f"{100 * value:.1f} %" if form == "rate" else f"{value:.2f}"


def interval(estimate: Estimate, form: Form) -> str:
    """Both ends."""
    if estimate.low is None or estimate.high is None:
        return NOTHING_TO_TELL if form == "alpha" else TOO_FEW
    return f"{shown(estimate.low, form)} to {shown(estimate.high, form)}"


def axis(form: Form) -> tuple[float, float]:
    """Between which values a picture runs, at the least."""
    return {"mark": (1.0, 5.0), "alpha": (0.0, 1.0)}.get(form, (0.0, 1.0))
