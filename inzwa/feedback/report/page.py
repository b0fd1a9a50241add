"""The report as one HTML file: no script, nothing from elsewhere, every text of users escaped."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from inzwa import __version__
from inzwa.feedback.report.charts import TEMPLATES, picture
from inzwa.feedback.report.figures import TOO_FEW, Figure, interval, shown
from inzwa.feedback.report.gather import Gathered
from inzwa.feedback.report.judgements import agreement_figures, reply_figures
from inzwa.feedback.report.people import counts, descriptions, words
from inzwa.feedback.report.transcripts import transcript_figures
from inzwa.feedback.report.turns import turn_figures
from inzwa.feedback.report.voices import voice_figures


def report_html(gathered: Gathered, *, made_at: datetime, simulated: bool = False) -> str:
    """The whole page. `made_at` in UTC; `simulated` marks it as made of data that nobody gave."""
    figures, texts = report_figures(gathered), report_texts()
    return TEMPLATES.get_template("page.html").render(
        version=__version__,
        made_at=f"{made_at:%Y-%m-%d %H:%M}",
        simulated=simulated,
        too_few=TOO_FEW,
        texts=texts,
        counts=counts(gathered),
        descriptions=descriptions(gathered),
        figures=figures,
        pictures={figure.name: picture(figure, texts[figure.name]["title"]) for figure in figures},
        words=words(gathered),
        shown=shown,
        interval=interval,
    )


def report_figures(gathered: Gathered) -> list[Figure]:
    """Every figure, in the order of the page."""
    parts = (voice_figures, turn_figures, transcript_figures, reply_figures, agreement_figures)
    return [figure for part in parts for figure in part(gathered)]


@cache
def report_texts() -> Mapping[str, dict[str, str]]:
    """texts.toml: a figure's name to its title, its heading in Shona, its meaning, and what is missing without it."""
    return tomllib.loads((files("inzwa.feedback.report") / "texts.toml").read_text("utf-8"))
