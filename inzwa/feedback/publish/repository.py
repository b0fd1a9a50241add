"""One dataset on the Hub, by huggingface_hub's API: what it holds, commits, bytes, and forgetting what was deleted.

Sound files go over HTTP as git-lfs sends them: the client's other way, Xet, is not resumed file by file, and is not
offered by every endpoint.
"""

import io
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, GitCommitInfo, HfApi
from huggingface_hub.utils.tqdm import disable_progress_bars

from inzwa.errors import FeedbackError
from inzwa.feedback.publish.download import verified_content
from inzwa.feedback.publish.errors import UNSUPPORTED, Conflict, HubBusy, Missing, Refused, hub_error
from inzwa.models.sources.hub.address import shown
from inzwa.models.sources.hub.client import Hub
from inzwa.models.sources.hub.errors import HubFailure
from inzwa.models.sources.hub.file import PublishedFile
from inzwa.models.sources.hub.retry import ATTEMPTS, FIRST_PAUSE_S, LONGEST_PAUSE_S

Answer = TypeVar("Answer")
CommitOperation = CommitOperationAdd | CommitOperationDelete

AT_ONCE: Final = 16
"""Sound files in one exchange with the Hub: their bytes are in memory, some 5 MB."""
DELETION: Final = "Delete what was withdrawn"
"""Title of a commit after which the history holds what must go: it is looked for until the history is rewritten."""


@dataclass(frozen=True, slots=True)
class State:
    """The dataset at its newest commit."""

    commit: str
    private: bool
    files: Mapping[str, PublishedFile]


@dataclass(frozen=True, slots=True)
class Repository:
    """A dataset by its name, `org/name`."""

    name: str
    hub: Hub
    pause: Callable[[float], object] = time.sleep
    """Waits so many seconds before another attempt."""
    api: HfApi = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "api", HfApi(endpoint=self.hub.endpoint, token=self.hub.token or False))

    @classmethod
    def of(cls, name: str, environ: Mapping[str, str] = os.environ) -> "Repository":
        """With the endpoint and the token of HF_ENDPOINT and HF_TOKEN."""
        return cls(name, Hub.of(environ))

    def state(self) -> State | None:
        """None where there is no such dataset, or none that this token may see."""
        try:
            info = self._again(lambda: self.api.dataset_info(self.name, files_metadata=True, timeout=self.hub.answer_s))
        except Missing:
            return None
        if info.sha is None:
            raise FeedbackError(f"{shown(self.hub.endpoint)} does not answer as a Hub does for {self.name}.")
        files = {}
        for one in info.siblings or []:
            sha256 = one.lfs.sha256 if one.lfs else ""
            files[one.rfilename] = PublishedFile(
                one.rfilename, one.size or 0, sha256, "" if one.lfs else one.blob_id or ""
            )
        return State(info.sha, info.private is True, files)

    def create(self) -> None:
        """A private dataset, unless it is there already."""
        self._again(lambda: self.api.create_repo(self.name, repo_type="dataset", private=True, exist_ok=True))

    def upload(self, sounds: Mapping[str, Path]) -> list[CommitOperationAdd]:
        """Send sound files, which the Hub then has although no commit names them yet; what it has is not sent again."""
        additions, paths = [], list(sounds)
        for start in range(0, len(paths), AT_ONCE):
            group = [
                CommitOperationAdd(path, io.BytesIO(sounds[path].read_bytes()))
                for path in paths[start : start + AT_ONCE]
            ]
            self._again(partial(self._preupload, group))
            additions += group
        return additions

    def commit(
        self, parent: str, title: str, texts: Mapping[str, bytes], sounds: list[CommitOperationAdd], gone: Iterable[str]
    ) -> None:
        """All of it in one commit on top of `parent`.

        Conflict where that is not the newest any more, and where no answer came: `state` shows what is there now.
        """
        additions = [CommitOperationAdd(path, io.BytesIO(content)) for path, content in texts.items()]
        operations: list[CommitOperation] = [
            *sounds,
            *additions,
            *(CommitOperationDelete(path, is_folder=False) for path in gone),
        ]
        try:
            with self._errors():
                self.api.create_commit(
                    self.name, operations, commit_message=title, repo_type="dataset", parent_commit=parent
                )
        except HubBusy as error:
            pause_s = error.retry_after_s or FIRST_PAUSE_S
            if pause_s > LONGEST_PAUSE_S:
                raise
            self.pause(pause_s)
            raise Conflict(error.message) from error

    def read(self, commit: str, file: PublishedFile) -> bytes:
        """The file's bytes, which are those that the Hub names by their hash. FeedbackError where they are not."""
        return self._again(partial(verified_content, self.hub, self.name, commit, file))

    def forget_deleted(self) -> bool:
        """Rewrite the history where it holds what was deleted. False where the Hub, or the token, does not allow it."""
        try:
            if any(commit.title == DELETION for commit in self._again(self._commits)):
                self._delete_unused_sounds()
                self._again(self._squash)  # last: until then the commit's title says that this is to be done
        except Refused as error:
            if error.status not in UNSUPPORTED:
                raise
            return False
        return True

    def _preupload(self, additions: list[CommitOperationAdd]) -> None:
        with disable_progress_bars():
            self.api.preupload_lfs_files(self.name, additions, repo_type="dataset", num_threads=1)

    def _commits(self) -> list[GitCommitInfo]:
        return list(self.api.list_repo_commits(self.name, repo_type="dataset"))

    def _squash(self) -> None:
        self.api.super_squash_history(self.name, repo_type="dataset", commit_message="What evaluators gave")

    def _delete_unused_sounds(self) -> None:
        """Sound files that no path names stay on the Hub's storage until they are deleted there as well."""
        state = self.state()
        used = {file.sha256 for file in state.files.values()} if state else set()
        stored = self._again(lambda: list(self.api.list_lfs_files(self.name, repo_type="dataset")))
        unused = [file for file in stored if file.oid not in used and file.filename.startswith("data/")]
        if unused:
            self._again(lambda: self.api.permanently_delete_lfs_files(self.name, unused, repo_type="dataset"))

    def _again(self, task: Callable[[], Answer]) -> Answer:
        """The task's answer, from the first attempt that gives one; the last HubBusy when none does."""
        for attempt in range(ATTEMPTS):
            try:
                with self._errors():
                    return task()
            except HubBusy as error:
                pause_s = error.retry_after_s or FIRST_PAUSE_S * 2**attempt
                if attempt + 1 == ATTEMPTS or pause_s > LONGEST_PAUSE_S:
                    raise
                self.pause(pause_s)
        raise AssertionError("the last attempt raises")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        if self.hub.offline:
            raise FeedbackError(f"HF_HUB_OFFLINE forbids to reach the dataset {self.name}: unset it.")
        address = shown(self.hub.endpoint)
        try:
            yield
        except (*HubFailure, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not isinstance(error.__cause__, HubFailure):
                raise
            raise hub_error(error, self.name, address) from None
        except (ValueError, KeyError, TypeError) as error:  # a login page answers 200
            kind = type(error).__name__
            raise FeedbackError(
                f"{address} does not answer as a Hub does for the dataset {self.name} ({kind})."
            ) from None
