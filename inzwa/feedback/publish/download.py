"""The bytes of one file of a dataset, held against the hash by which the Hub names them."""

import hashlib

from huggingface_hub import hf_hub_url

from inzwa.errors import FeedbackError, ModelUnavailable
from inzwa.feedback.publish.errors import HubBusy
from inzwa.models.sources.hub.client import Hub
from inzwa.models.sources.hub.errors import TransientError
from inzwa.models.sources.hub.file import PublishedFile


def verified_content(hub: Hub, dataset: str, commit: str, file: PublishedFile) -> bytes:
    """The whole file as it is at that commit. HubBusy where that may succeed in a moment, else FeedbackError."""
    where = hf_hub_url(dataset, file.path, repo_type="dataset", revision=commit, endpoint=hub.endpoint)
    content = bytearray()
    try:
        with hub.opened(dataset, file.path, where, 0) as (_, chunks):
            for chunk in chunks:
                content += chunk
                if len(content) > file.size:
                    break
    except TransientError as error:
        raise HubBusy(error.message, retry_after_s=error.retry_after_s) from error
    except ModelUnavailable as error:
        raise FeedbackError(error.message) from error
    if len(content) < file.size:
        raise HubBusy(f"{dataset} {file.path}: the Hub stopped sending; try again.")
    if not _right(bytes(content), file):
        raise FeedbackError(f"{dataset} {file.path}: the bytes are not those that the Hub names; restore again.")
    return bytes(content)


def git_oid(content: bytes) -> str:
    """Git's hash of a file with this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _right(content: bytes, file: PublishedFile) -> bool:
    return hashlib.sha256(content).hexdigest() == file.sha256 if file.sha256 else git_oid(content) == file.git_oid
