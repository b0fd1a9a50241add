"""Commands on what evaluators gave: feedback export, push, restore, withdraw."""

from argparse import Namespace

from inzwa.errors import FeedbackError
from inzwa.settings import Settings


def export(arguments: Namespace, settings: Settings) -> None:
    """Everything that consent covers, as a dataset in a folder."""
    raise FeedbackError("not yet")


def push(arguments: Namespace, settings: Settings) -> None:
    """Bring the dataset on the Hub up to date."""
    raise FeedbackError("not yet")


def restore(arguments: Namespace, settings: Settings) -> None:
    """Read the dataset on the Hub back into an empty store."""
    raise FeedbackError("not yet")


def withdraw(arguments: Namespace, settings: Settings) -> None:
    """Delete everything of the contributor who has this code."""
    raise FeedbackError("not yet")
