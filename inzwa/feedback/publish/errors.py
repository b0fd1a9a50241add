"""Failures of the Hub as errors of ours, with what to do about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx2
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError
from sqlalchemy.exc import SQLAlchemyError

from inzwa.errors import FeedbackError
from inzwa.models.sources.hub.errors import TRANSIENT, HubFailure

CONFLICT: Final = frozenset({409, 412})
"""HTTP statuses for a commit on top of one that is not the newest any more."""
UNSUPPORTED: Final = frozenset({400, 401, 403, 404, 405, 501})
"""HTTP statuses of a Hub that does not offer, or not to this token, to rewrite history."""


class HubBusy(FeedbackError):
    """The same request may succeed in a moment."""

    retryable = True


class Conflict(FeedbackError):
    """Somebody else has committed in the meantime."""

    retryable = True


class Refused(FeedbackError):
    """The Hub answered that this cannot be done, or not with this token."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Missing(Refused):
    """There is no such dataset, or this token may not know of it."""


def hub_error(error: Exception, dataset: str, endpoint: str) -> FeedbackError:
    """A HubFailure, or huggingface_hub's RuntimeError around one, as an error of ours; never what was sent."""
    cause = error.__cause__ if isinstance(error, RuntimeError) and isinstance(error.__cause__, HubFailure) else error
    match cause:
        case OfflineModeIsEnabled():
            return FeedbackError(f"HF_HUB_OFFLINE forbids to reach the dataset {dataset}: unset it.")
        case RepositoryNotFoundError():
            return Missing(*_refusal(cause.response.status_code, dataset, endpoint))
        case HfHubHTTPError():
            return _answered(cause.response, dataset, endpoint)
        case httpx2.InvalidURL() | httpx2.UnsupportedProtocol():
            return FeedbackError(f"The Hub's address {endpoint} is no address: set HF_ENDPOINT right, or unset it.")
    return HubBusy(f"The Hub at {endpoint} cannot be reached for the dataset {dataset} ({type(cause).__name__}).")


@contextmanager
def database_refusals() -> Iterator[None]:
    """What the database will not take, which no retry mends, as FeedbackError; it never says what that was."""
    try:
        yield
    except SQLAlchemyError as error:
        raise FeedbackError(f"The database refused a row ({type(error).__name__}).") from error


def _answered(response: httpx2.Response, dataset: str, endpoint: str) -> FeedbackError:
    status = response.status_code
    if status in CONFLICT:
        return Conflict(f"The dataset {dataset} was changed at the same moment; push again.")
    if status in TRANSIENT:
        seconds = response.headers.get("Retry-After", "").strip()
        wait_s = float(seconds) if seconds.isascii() and seconds.isdigit() else None
        return HubBusy(
            f"The Hub is in trouble, or wants fewer requests ({status}); try again later.", retry_after_s=wait_s
        )
    if status in (401, 403, 404):
        return Refused(*_refusal(status, dataset, endpoint))
    return Refused(f"The Hub answered {status} for the dataset {dataset}.", status)


def _refusal(status: int, dataset: str, endpoint: str) -> tuple[str, int]:
    remedy = "correct its name, or set HF_TOKEN to a token that may write to it"
    return f"{endpoint} does not let this token use the dataset {dataset} ({status}): {remedy}.", status
