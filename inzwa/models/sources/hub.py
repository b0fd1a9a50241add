"""Questions to the Hugging Face Hub, each asked once: what is in a repository, where a file is, its bytes.

Knows nothing of models or of the disk. The library's own client is used, so the user's proxies and certificates count;
a token is sent to the Hub only, only when HF_TOKEN is set, and is never written anywhere.
"""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import quote, urlsplit

import httpx2
from huggingface_hub import HfFileMetadata, ModelInfo, constants, get_hf_file_metadata, hf_hub_url
from huggingface_hub.hf_api import RepoSibling
from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

from inzwa.errors import ModelUnavailable
from inzwa.models.sources.hub_address import require_outward, same_place, shown
from inzwa.models.sources.hub_refusals import Trouble, offline, refusal

ANSWER_S: Final = 10.0
"""Seconds that the Hub may take to connect and to answer a question, unless HF_HUB_ETAG_TIMEOUT says otherwise."""
STALL_S: Final = 60.0
"""Seconds without a byte after which a download is cut, unless HF_HUB_DOWNLOAD_TIMEOUT says otherwise."""
MOST_REDIRECTS: Final = 5
MOST_LISTING_BYTES: Final = 1 << 26
"""A longer listing is not read: 300,000 files have one of this size."""

_COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TRUE: Final = {"1", "on", "yes", "true"}


@dataclass(frozen=True, slots=True)
class Published:
    """What the Hub says of one file: its size, and one of the two hashes."""

    path: str
    """In the repository."""
    size: int
    """Bytes."""
    sha256: str
    """Of a large file; empty for a small one, which git keeps."""
    git_oid: str
    """Git's name for the content of a small file."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one commit."""

    commit: str
    files: Mapping[str, Published]


@dataclass(frozen=True, slots=True)
class Hub:
    """One endpoint, as one environment sees it."""

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

    def answers(self, patience_s: float) -> bool:
        """Whether anything answers there at all within so many seconds."""
        if self.offline:
            return False
        try:
            get_session().head(self.endpoint, timeout=patience_s, follow_redirects=False)
        except Trouble:
            return False
        return True

    def listing(self, repository: str, revision: str) -> Listing:
        """Every file of the repository and the commit that the revision means now. ModelUnavailable, maybe Passing."""
        try:
            info = self._asked(repository, revision)
            files = [_published(file) for file in info.siblings or []]
            commit = _matched(_COMMIT, info.sha)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:  # a login page answers 200
            raise ModelUnavailable(
                f"{shown(self.endpoint)} does not answer as a Hub does for {repository} ({error}); "
                "see HF_ENDPOINT and proxies"
            ) from error
        return Listing(commit, {file.path: file for file in files})

    def located(self, repository: str, revision: str, path: str) -> HfFileMetadata:
        """Where the file's bytes are just now, its size, and its hash as the ETag. ModelUnavailable, maybe Passing."""
        with self._troubles(repository, f"@ {revision} {path}"):
            url = hf_hub_url(repository, path, revision=revision, endpoint=self.endpoint)
            return get_hf_file_metadata(url, token=self._token, timeout=self.answer_s, endpoint=self.endpoint)

    @contextmanager
    def opened(self, repository: str, path: str, location: str, start: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """The bytes at a location from `start` on, and where they really start: 0 when the server knows no ranges."""
        with self._troubles(repository, path), self._request(location, start) as response:
            hf_raise_for_status(response)
            yield (start if response.status_code == httpx2.codes.PARTIAL_CONTENT else 0), response.iter_raw()

    def _asked(self, repository: str, revision: str) -> ModelInfo:
        """Of the Hub's own question for a repository, streamed, because the answer may be of any length."""
        address = f"{self.endpoint}/api/models/{repository}/revision/{quote(revision, safe='')}"
        headers, asked = build_hf_headers(token=self._token), {"blobs": "true"}
        with (
            self._troubles(repository, f"@ {revision}"),
            get_session().stream("GET", address, params=asked, headers=headers, timeout=self.answer_s) as response,
        ):
            hf_raise_for_status(response)
            return ModelInfo(**json.loads(b"".join(_at_most(MOST_LISTING_BYTES, response.iter_bytes()))))

    @contextmanager
    def _request(self, location: str, start: int, redirects: int = MOST_REDIRECTS) -> Iterator[httpx2.Response]:
        """The answer, each redirect looked at before it is followed, and the token told to the Hub alone."""
        require_outward(location, self.endpoint)
        ours = same_place(urlsplit(location), urlsplit(self.endpoint))
        headers = build_hf_headers(token=self._token if ours else False)
        headers["Accept-Encoding"] = "identity"
        if start:
            headers["Range"] = f"bytes={start}-"
        timeout = httpx2.Timeout(self.stall_s, connect=self.answer_s)
        sent = get_session().stream("GET", location, headers=headers, timeout=timeout, follow_redirects=False)
        with sent as response:
            if response.next_request is None:
                yield response
                return
            onward = str(response.next_request.url)
        if not redirects:
            raise httpx2.TooManyRedirects(f"more than {MOST_REDIRECTS} redirects")
        with self._request(onward, start, redirects - 1) as response:
            yield response

    @property
    def _token(self) -> str | bool:
        return self.token or False  # False: no token from a file either

    @contextmanager
    def _troubles(self, repository: str, what: str) -> Generator[None, None, None]:
        if self.offline:
            raise offline(repository, what)
        try:
            yield
        except Trouble as error:
            raise refusal(error, repository, what, shown(self.endpoint)) from None


def _published(file: RepoSibling) -> Published:
    """ValueError where a hash is none: hashes become the names of files here."""
    if file.lfs:
        return Published(file.rfilename, _size(file.lfs.size), _matched(_SHA256, file.lfs.sha256), "")
    return Published(file.rfilename, _size(file.size), "", _matched(_COMMIT, file.blob_id))


def _matched(pattern: re.Pattern[str], said: str | None) -> str:
    if not isinstance(said, str) or not pattern.fullmatch(said):
        raise ValueError(f"expected hexadecimal digits, found {str(said)[:80]!r}")
    return said


def _size(said: int | None) -> int:
    if type(said) is not int or said < 0:
        raise ValueError(f"expected a size, found {str(said)[:80]!r}")
    return said


def _at_most(most_bytes: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks; ValueError when they grow too many."""
    seen_bytes = 0
    for chunk in chunks:
        seen_bytes += len(chunk)
        if seen_bytes > most_bytes:
            raise ValueError(f"an answer of more than {most_bytes} bytes")
        yield chunk


def _seconds(text: str, default: float) -> float:
    try:
        return float(text) if float(text) > 0 else default
    except ValueError:
        return default
