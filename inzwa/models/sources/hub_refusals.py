"""What the Hub's refusals mean, in words and with the remedy. Knows no files and sends nothing."""

from typing import Final

import httpx2
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from inzwa.errors import ModelUnavailable

PASSING: Final = frozenset({408, 416, 425, 429, 500, 502, 503, 504})
"""HTTP answers after which the same question may be answered otherwise. 416: a cut-off file had grown too long."""

Trouble: Final = (HfHubHTTPError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OfflineModeIsEnabled)
"""What huggingface_hub and its HTTP client raise."""


class Passing(ModelUnavailable):
    """It may be otherwise in a moment."""


class RevisionGone(ModelUnavailable):
    """The repository is there and the commit or branch is not."""


def refusal(error: Exception, repository: str, what: str, endpoint: str) -> ModelUnavailable:
    """The trouble as an error of ours. `what` is the file or the revision that was asked for."""
    if isinstance(error, OfflineModeIsEnabled):
        return offline(repository, what)
    if isinstance(error, HfHubHTTPError):
        return _answered(error.response, f"{repository} {what}", repository, endpoint)
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return ModelUnavailable(f"the Hub's address {endpoint} is no address: set HF_ENDPOINT right, or unset it")
    if isinstance(error, httpx2.TimeoutException):
        return Passing(f"the Hub at {endpoint} stopped sending {repository} {what}")
    return Passing(f"the Hub at {endpoint} cannot be reached for {repository} {what} ({_short(error)})")


def offline(repository: str, what: str) -> ModelUnavailable:
    """Nobody may be asked."""
    return ModelUnavailable(
        f"{repository} {what} is not in the caches, and HF_HUB_OFFLINE forbids to fetch it: unset it, or copy the "
        "model's folder from a machine that has it"
    )


def _answered(response: httpx2.Response, asked: str, repository: str, endpoint: str) -> ModelUnavailable:
    status, code = response.status_code, response.headers.get("X-Error-Code", "")
    if status in PASSING:
        return _passing(status, asked, _retry_after_s(response))
    if code == "GatedRepo" or status == 403:
        return ModelUnavailable(
            f"{repository} is gated: accept its terms at {endpoint}/{repository} and set HF_TOKEN to a token of that "
            "account that may read it"
        )
    if code == "RevisionNotFound":
        return RevisionGone(f"{asked}: the repository has no such commit or branch; correct the revision")
    if code == "EntryNotFound":
        return ModelUnavailable(f"{asked}: the repository has no such file at this revision; correct the file's name")
    if status in (401, 404):
        return ModelUnavailable(
            f"{asked}: {endpoint} shows no such repository; correct its name, or, when it is private, set HF_TOKEN to "
            "a token that may read it"
        )
    return ModelUnavailable(f"{asked}: the Hub answered {status} {response.reason_phrase}".strip())


def _passing(status: int, asked: str, retry_after_s: float | None) -> Passing:
    when = f"wait {retry_after_s:.0f} s" if retry_after_s else "try again later"
    if status == 429:
        words = f"the Hub wants fewer requests (429); {when}, or set HF_TOKEN, which is allowed more"
    else:
        words = f"the Hub is in trouble ({status}); {when}"
    return Passing(f"{asked}: {words}", retry_after_s=retry_after_s)


def _retry_after_s(response: httpx2.Response) -> float | None:
    """Seconds that the answer asks us to wait. The form with a date is not sent by the Hub."""
    value = response.headers.get("Retry-After", "").strip()
    return float(value) if value.isascii() and value.isdigit() else None


def _short(error: Exception) -> str:
    first = (str(error) or type(error).__name__).splitlines()[0]
    return "".join(letter if letter.isprintable() else "?" for letter in first)[:200]
