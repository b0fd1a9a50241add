"""A client of the Hugging Face Hub: what a repository holds, where a file is, its bytes.

Requests go through huggingface_hub's own HTTP session, so the user's proxies and certificates count. A token is sent to
the Hub only, only when HF_TOKEN is set, and is never written anywhere.

`huggingface_hub.hf_hub_download` is not used, because it takes wrong bytes of the right length, throws a partial
download away, waits as long as a server asks, sits through a trickle, and follows a redirect into our own network.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import quote

import httpx2
from huggingface_hub import (
    HfFileMetadata,
    __version__,
    constants,
    get_hf_file_metadata,
    get_session,
    hf_hub_url,
    hf_raise_for_status,
)

from inzwa.errors import ModelUnavailable
from inzwa.models.sources.hub.address import require_allowed, same_origin, shown
from inzwa.models.sources.hub.errors import HubFailure, model_unavailable, offline
from inzwa.models.sources.hub.file import Listing, PublishedFile

ANSWER_S: Final = 10.0
"""Seconds that the Hub may take to connect and to answer a question, unless HF_HUB_ETAG_TIMEOUT says otherwise."""
STALL_S: Final = 60.0
"""Seconds without a byte after which a download is cut, unless HF_HUB_DOWNLOAD_TIMEOUT says otherwise."""
MAX_REDIRECTS: Final = 5
MAX_LISTING_BYTES: Final = 1 << 26
"""A longer listing is not read: 300,000 files have one of this size."""

_COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TRUE: Final = {"1", "on", "yes", "true"}


@dataclass(frozen=True, slots=True)
class Hub:
    """One endpoint, as one environment names it."""

    endpoint: str
    token: str | None = field(default=None, repr=False)
    offline: bool = False
    answer_s: float = ANSWER_S
    stall_s: float = STALL_S

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """What HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and the Hub's two timeouts say."""
        return cls(
            endpoint=(environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/"),
            token=environ.get("HF_TOKEN", "").strip() or None,
            offline=constants.HF_HUB_OFFLINE or environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE,
            answer_s=_seconds(environ.get("HF_HUB_ETAG_TIMEOUT", ""), ANSWER_S),
            stall_s=_seconds(environ.get("HF_HUB_DOWNLOAD_TIMEOUT", ""), STALL_S),
        )

    def answers(self, timeout_s: float) -> bool:
        """Whether anything answers there at all within so many seconds."""
        if self.offline:
            return False
        try:
            get_session().head(self.endpoint, timeout=timeout_s, follow_redirects=False)
        except HubFailure:
            return False
        return True

    def listing(self, repository: str, revision: str) -> Listing:
        """Every file of the repository and the commit that the revision means now.

        ModelUnavailable, of which a TransientError may be tried again.
        """
        try:
            answer = json.loads(self._description(repository, revision))
            files = [_published(sibling) for sibling in answer.get("siblings") or []]
            return Listing(_matched(_COMMIT, answer["sha"]), {file.path: file for file in files})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:  # a login page answers 200
            raise ModelUnavailable(
                f"{shown(self.endpoint)} does not answer as a Hub does for {repository} ({error}); "
                "see HF_ENDPOINT and proxies"
            ) from error

    def located(self, repository: str, revision: str, path: str) -> HfFileMetadata:
        """Where the file's bytes are just now, its size, and its hash as the ETag. Errors as for `listing`."""
        with self._errors(repository, f"@ {revision} {path}"):
            url = hf_hub_url(repository, path, revision=revision, endpoint=self.endpoint)
            token = self.token or False  # False: no token from a file either
            return get_hf_file_metadata(url, token=token, timeout=self.answer_s, endpoint=self.endpoint)

    @contextmanager
    def opened(self, repository: str, path: str, location: str, start: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """The bytes at a location from `start` on, and where they really start: 0 when the server knows no ranges."""
        with self._errors(repository, path), self._response(location, self.stall_s, start) as response:
            yield (start if response.status_code == httpx2.codes.PARTIAL_CONTENT else 0), response.iter_raw()

    def _description(self, repository: str, revision: str) -> bytes:
        """The Hub's JSON about a repository. HfApi.model_info would read an answer of any length."""
        address = f"{self.endpoint}/api/models/{repository}/revision/{quote(revision, safe='')}?blobs=true"
        answer = bytearray()
        with self._errors(repository, f"@ {revision}"), self._response(address, self.answer_s) as response:
            for chunk in response.iter_bytes():
                answer += chunk
                if len(answer) > MAX_LISTING_BYTES:
                    raise ValueError(f"an answer of more than {MAX_LISTING_BYTES} bytes")
        return bytes(answer)

    @contextmanager
    def _response(self, location: str, read_s: float, start: int = 0) -> Iterator[httpx2.Response]:
        """A good answer, each redirect checked before it is followed."""
        timeout = httpx2.Timeout(read_s, connect=self.answer_s)
        for _ in range(MAX_REDIRECTS + 1):
            require_allowed(location, self.endpoint)
            headers = self._headers(location, start)
            asked = get_session().stream("GET", location, headers=headers, timeout=timeout, follow_redirects=False)
            with asked as response:
                if response.next_request is None:
                    hf_raise_for_status(response)
                    yield response
                    return
                location = str(response.next_request.url)
        raise httpx2.TooManyRedirects(f"more than {MAX_REDIRECTS} redirects")

    def _headers(self, location: str, start: int) -> dict[str, str]:
        headers = {"User-Agent": f"inzwa; hf_hub/{__version__}", "Accept-Encoding": "identity"}
        if self.token and same_origin(location, self.endpoint):
            headers["Authorization"] = f"Bearer {self.token}"
        return headers | ({"Range": f"bytes={start}-"} if start else {})

    @contextmanager
    def _errors(self, repository: str, what: str) -> Iterator[None]:
        """Failures of the Hub as ModelUnavailable."""
        if self.offline:
            raise offline(f"{repository} {what}")
        try:
            yield
        except HubFailure as error:
            raise model_unavailable(error, repository, what, shown(self.endpoint)) from None


def _published(sibling: Mapping[str, object]) -> PublishedFile:
    """ValueError where a hash is none: hashes become the names of files here."""
    name, lfs = sibling["rfilename"], sibling.get("lfs")
    if not isinstance(name, str):
        raise ValueError(f"expected the name of a file, found {str(name)[:80]!r}")
    if isinstance(lfs, dict):
        return PublishedFile(name, _size(lfs["size"]), sha256=_matched(_SHA256, lfs["sha256"]))
    return PublishedFile(name, _size(sibling.get("size")), git_oid=_matched(_COMMIT, sibling.get("blobId")))


def _matched(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"expected hexadecimal digits, found {str(value)[:80]!r}")
    return value


def _size(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"expected a size, found {str(value)[:80]!r}")
    return value


def _seconds(text: str, default: float) -> float:
    try:
        return float(text) if float(text) > 0 else default
    except ValueError:
        return default
