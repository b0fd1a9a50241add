"""Bringing the dataset up to date: what changed goes there in one commit, and what was withdrawn goes from it.

Every contributor's files are compared with what the dataset has, so a push that was cut off is simply made again: sound
files that had arrived are not sent twice, and the commit is made once or not at all. What this store has never seen of
the dataset is read into it first, so that nothing of another life of the store is overwritten.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from huggingface_hub import CommitOperationAdd
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inzwa.errors import FeedbackError
from inzwa.feedback.export.card import card
from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.rows import ContributorData, contributor_ids, read_contributor, read_shared_items
from inzwa.feedback.export.summary import Summary
from inzwa.feedback.publish.download import git_oid
from inzwa.feedback.publish.errors import Conflict, database_refusals
from inzwa.feedback.publish.layout import ABOUT, CARD, PATTERNS, Files, files_of, place
from inzwa.feedback.publish.repository import DELETION, Repository, State
from inzwa.feedback.publish.restore import merge
from inzwa.feedback.store.schema import ContributorRow
from inzwa.feedback.store.store import Store

CONFLICTS: Final = 5
"""So often in a row somebody else may commit first."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did."""

    summary: Summary
    written: int
    """Files that are new or changed."""
    deleted: int
    """Files that are gone."""
    forgotten: bool
    """False where the Hub did not let the history be rewritten, which still holds what was deleted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between the store and the dataset."""

    files: Files
    gone: tuple[str, ...]
    """Paths to delete."""
    summary: Summary
    changes: dict[str, int]
    """Of each contributor, when their rows were read."""


def push(store: Store, repository: Repository, *, public: bool = False) -> Pushed:
    """Make the dataset what the store is; a dataset that does not exist yet is made, private.

    FeedbackError: the dataset is public and `public` is not given, the Hub refuses, or it cannot be reached (HubBusy).
    """
    with database_refusals():
        for _ in range(CONFLICTS - 1):
            try:
                return _push(store, repository, public=public)
            except Conflict:
                continue
        return _push(store, repository, public=public)


def pending(session: Session) -> bool:
    """Whether anybody's data was changed since it was pushed."""
    changed = ContributorRow.changes != ContributorRow.pushed_changes
    return session.scalars(select(ContributorRow.id).where(changed).limit(1)).first() is not None


def _push(store: Store, repository: Repository, *, public: bool) -> Pushed:
    state = _required(repository, public=public)
    merge(store, repository, state)
    plan = make_plan(store, state)
    written = len(plan.files.texts) + len(plan.files.sounds)
    if written or plan.gone:
        sounds = _uploaded(repository, plan)
        repository.commit(state.commit, _title(plan), plan.files.texts, sounds, plan.gone)
    forgotten = repository.forget_deleted()
    store.write_now(partial(_mark, changes=plan.changes))
    return Pushed(plan.summary, written, len(plan.gone), forgotten)


def _uploaded(repository: Repository, plan: Plan) -> list[CommitOperationAdd]:
    try:
        return repository.upload(plan.files.sounds)
    except FileNotFoundError as error:  # somebody has withdrawn since the plan was made
        raise Conflict("A recording was deleted at this moment; push again.") from error


def _required(repository: Repository, *, public: bool) -> State:
    """The dataset, made where it is not there. What was thought private is never published by surprise."""
    state = repository.state()
    if state is None:
        repository.create()
        state = repository.state()
    if state is None:
        raise FeedbackError(f"The dataset {repository.name} was made and is not there: look at its page on the Hub.")
    if not state.private and not public:
        raise FeedbackError(
            f"The dataset {repository.name} is public: make it private, name another, or say --public to publish there "
            "what contributors gave."
        )
    return state


def make_plan(store: Store, state: State) -> Plan:
    """What has to be written and deleted. Files of contributors whom the store does not know stay as they are."""
    details = PersonalDetails()
    names = store.read_now(contributor_ids)
    data = [store.read_now(partial(read_contributor, contributor=name, details=details)) for name in names]
    data.append(store.read_now(read_shared_items))
    summary = Summary(details=details)
    for one in data:
        summary.add(one)
    wanted = _wanted(store, data, summary, state)
    known = set(names)
    gone = [
        path
        for path in state.files
        if (found := place(path)) and found.contributor in known and not (path in wanted.texts or path in wanted.sounds)
    ]
    texts = {path: text for path, text in wanted.texts.items() if not _same_text(state, path, text)}
    sounds = {path: sound for path, sound in wanted.sounds.items() if path not in state.files}
    changes = {one.contributor: one.changes for one in data if one.contributor}
    return Plan(Files(texts, sounds), tuple(gone), summary, changes)


def _wanted(store: Store, data: Sequence[ContributorData], summary: Summary, state: State) -> Files:
    """All files of all contributors, and the card. A public dataset has no rare self-descriptions."""
    wanted = Files()
    for one in data:
        files = files_of(one if state.private else summary.without_rare_descriptions(one), store.folder)
        wanted.texts.update(files.texts)
        wanted.sounds.update(files.sounds)
    patterns = {name: PATTERNS[name] for name in PATTERNS if summary.rows[name]}
    wanted.texts[CARD] = card(summary, patterns, sound_column=False, about=ABOUT).encode()
    return wanted


def _same_text(state: State, path: str, text: bytes) -> bool:
    file = state.files.get(path)
    if file is None:
        return False
    return hashlib.sha256(text).hexdigest() == file.sha256 if file.sha256 else git_oid(text) == file.git_oid


def _title(plan: Plan) -> str:
    return DELETION if plan.gone else "Add what evaluators gave"


def _mark(session: Session, changes: dict[str, int]) -> None:
    """What was read is published; what changed since then is not."""
    for contributor, number in changes.items():
        row = ContributorRow
        session.execute(update(row).where(row.id == contributor).values(pushed_changes=number))
