"""Errors of huggingface_hub and its HTTP client as errors of ours, with what to do about them."""

from typing import Final

import httpx2
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RevisionNotFoundError,
)

from inzwa.errors import ModelUnavailable

TRANSIENT: Final = frozenset({408, 416, 425, 429, 500, 502, 503, 504})
"""HTTP statuses after which the same request may succeed. 416: a partial download had grown too long."""

HubFailure: Final = (HfHubHTTPError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OfflineModeIsEnabled)
"""What huggingface_hub and its HTTP client raise."""


class TransientError(ModelUnavailable):
    """The same request may succeed in a moment."""


class RevisionNotFound(ModelUnavailable):
    """The repository exists, the commit or branch does not."""


def model_unavailable(error: Exception, repository: str, what: str, endpoint: str) -> ModelUnavailable:
    """A HubFailure as an error of ours. `what` is the file or the revision that was asked for."""
    asked = f"{repository} {what}"
    match error:
        case OfflineModeIsEnabled():
            return offline(asked)
        case HfHubHTTPError():
            return _refused(error, repository, asked, endpoint)
        case httpx2.InvalidURL() | httpx2.UnsupportedProtocol():
            return ModelUnavailable(f"the Hub's address {endpoint} is no address: set HF_ENDPOINT right, or unset it")
        case httpx2.TimeoutException():
            return TransientError(f"the Hub at {endpoint} stopped sending {asked}")
    return TransientError(f"the Hub at {endpoint} cannot be reached for {asked} ({_one_line(error)})")


def offline(asked: str) -> ModelUnavailable:
    """HF_HUB_OFFLINE is set, and what was asked for is in no cache."""
    return ModelUnavailable(
        f"{asked} is not in the caches, and HF_HUB_OFFLINE forbids to fetch it: unset it, or copy the model's folder "
        "from a machine that has it"
    )


def _refused(error: HfHubHTTPError, repository: str, asked: str, endpoint: str) -> ModelUnavailable:
    status = error.response.status_code
    if status in TRANSIENT:
        return _transient(error.response, asked)
    if isinstance(error, GatedRepoError) or status == 403:
        return ModelUnavailable(
            f"{repository} is gated: accept its terms at {endpoint}/{repository} and set HF_TOKEN to a token of that "
            "account that may read it"
        )
    if isinstance(error, RevisionNotFoundError):
        return RevisionNotFound(f"{asked}: the repository has no such commit or branch; correct the revision")
    if isinstance(error, RemoteEntryNotFoundError):
        return ModelUnavailable(f"{asked}: the repository has no such file at this revision; correct the file's name")
    if status in (401, 404):
        return ModelUnavailable(
            f"{asked}: {endpoint} shows no such repository; correct its name, or, when it is private, set HF_TOKEN to "
            "a token that may read it"
        )
    return ModelUnavailable(f"{asked}: the Hub answered {status} {error.response.reason_phrase}".strip())


def _transient(response: httpx2.Response, asked: str) -> TransientError:
    seconds = response.headers.get("Retry-After", "").strip()  # the form with a date is not sent by the Hub
    retry_after_s = float(seconds) if seconds.isascii() and seconds.isdigit() else None
    when = f"wait {retry_after_s:.0f} s" if retry_after_s else "try again later"
    if response.status_code == 429:
        words = f"the Hub wants fewer requests (429); {when}, or set HF_TOKEN, which is allowed more"
    else:
        words = f"the Hub is in trouble ({response.status_code}); {when}"
    return TransientError(f"{asked}: {words}", retry_after_s=retry_after_s)


def _one_line(error: Exception) -> str:
    first = (str(error) or type(error).__name__).splitlines()[0]
    return "".join(letter if letter.isprintable() else "?" for letter in first)[:200]
