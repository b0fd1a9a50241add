"""Command on what evaluators gave: feedback report."""

from argparse import Namespace
from datetime import UTC, datetime

from inzwa.errors import FeedbackError
from inzwa.feedback.report.gather import gather
from inzwa.feedback.report.page import report_html
from inzwa.feedback.store.store import open_store
from inzwa.settings import Settings


def report(arguments: Namespace, settings: Settings) -> None:
    """Everything with its intervals, as one page; an empty store gives a page that says what is missing."""
    with open_store(settings) as store:
        gathered = store.read_now(gather)
    page = report_html(gathered, made_at=datetime.now(UTC))
    try:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(page, encoding="utf-8")
    except OSError as error:
        raise FeedbackError(f"{arguments.output} cannot be written ({error.strerror}).") from error
    print(f"written: {arguments.output}")
