"""Commands on what evaluators gave: feedback export, push, restore, withdraw."""

import os
import sys
from argparse import Namespace
from functools import partial
from typing import Final

from inzwa.errors import FeedbackError
from inzwa.feedback.codes import contributor_id
from inzwa.feedback.export.formats import write_dataset
from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.rows import read_everything
from inzwa.feedback.export.summary import Summary
from inzwa.feedback.publish import push as pushing
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.publish.restore import restore as restoring
from inzwa.feedback.recordings import delete_unused
from inzwa.feedback.store.store import open_store
from inzwa.feedback.withdrawal import withdraw as withdrawing
from inzwa.settings import Settings

HISTORY_KEPT: Final = (
    "its history still holds what was deleted, and the Hub did not let this token rewrite it: use a token that may, or "
    "delete the dataset and push again."
)


def export(arguments: Namespace, settings: Settings) -> None:
    """Everything that consent covers, as a dataset in a folder."""
    details = PersonalDetails()
    with open_store(settings) as store:
        data = store.read_now(partial(read_everything, details=details))
        exported = write_dataset(arguments.output, data, store.folder, arguments.format, details)
    for line in _lines(exported.summary):
        print(line)
    if exported.missing:
        print(f"left out, because their sound files are gone: {exported.missing:,} recordings", file=sys.stderr)
    print(f"written: {arguments.output}")


def push(arguments: Namespace, settings: Settings) -> None:
    """Bring the dataset on the Hub up to date."""
    repository = Repository.of(_dataset(arguments, settings), os.environ)
    with open_store(settings) as store:
        pushed = pushing.push(store, repository, public=arguments.public)
    for line in _lines(pushed.summary):
        print(line)
    print(f"{repository.name}: {pushed.written:,} files written, {pushed.deleted:,} deleted")
    if not pushed.forgotten:
        print(f"{repository.name}: {HISTORY_KEPT}", file=sys.stderr)


def restore(arguments: Namespace, settings: Settings) -> None:
    """Read the dataset on the Hub back into an empty store."""
    repository = Repository.of(_dataset(arguments, settings), os.environ)
    with open_store(settings) as store:
        restored = restoring(store, repository)
    print(f"{repository.name}: {restored.contributors:,} contributors and {restored.sounds:,} sound files restored")


def withdraw(arguments: Namespace, settings: Settings) -> None:
    """Delete everything of the contributor who has this code."""
    contributor = contributor_id(arguments.code)
    with open_store(settings) as store:
        withdrawal = store.write_now(partial(withdrawing, contributor=contributor))
        store.write_now(partial(delete_unused, folder=store.folder, sha256s=withdrawal.sounds))
    for name, count in withdrawal.counts.items():
        print(f"{name}: {count:,} deleted")
    if withdrawal.published:
        print("What was published of it is deleted by the next push: python -m inzwa feedback push")


def _dataset(arguments: Namespace, settings: Settings) -> str:
    dataset: str = arguments.dataset or settings.feedback_dataset
    if not dataset:
        raise FeedbackError("No dataset is named: say ORG/NAME, or set INZWA_FEEDBACK_DATASET.")
    if dataset.count("/") != 1 or not all(dataset.split("/")):
        raise FeedbackError(f"{dataset} names no dataset: it is ORG/NAME.")
    return dataset


def _lines(summary: Summary) -> list[str]:
    counts = [f"{name}: {count:,} rows" for name, count in sorted(summary.rows.items())]
    details = summary.details
    return [
        *counts,
        f"replaced: {details.phone_numbers:,} phone numbers, {details.mail_addresses:,} e-mail addresses",
    ]
