"""Where a Hub may send whoever asks for a file: on to a storage host, and never inwards. Sends nothing itself.

A Hub, or whoever speaks in its place, must not make this machine knock at the doors of its own network.
"""

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from inzwa.errors import ModelUnavailable

SCHEMES: Final = ("http", "https")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def require_outward(location: str, endpoint: str) -> None:
    """ModelUnavailable unless the location is as public and as private as the endpoint: no file, no plain HTTP after
    HTTPS, no inner address after an outer one."""
    try:
        asked, sent = urlsplit(endpoint), urlsplit(location)
        if same_place(asked, sent):
            return
        encrypted, inner = asked.scheme != "https" or sent.scheme == "https", is_inner(sent) and not is_inner(asked)
    except ValueError as error:
        raise ModelUnavailable(f"the Hub at {shown(endpoint)} sends on to what is no address ({error})") from None
    if sent.scheme not in SCHEMES or not sent.hostname or not encrypted or inner:
        raise ModelUnavailable(
            f"the Hub at {shown(endpoint)} sends on to {sent.scheme}://{sent.hostname or ''}: expected a storage host "
            "of its own, reached as it is; refused"
        )


def same_place(one: SplitResult, other: SplitResult) -> bool:
    """Whether scheme, host and port are the same: where one may be told a token, so may the other."""
    return _origin(one) == _origin(other)


def is_inner(address: SplitResult) -> bool:
    """Whether it names this machine or its network outright. What a name means to DNS is not looked up."""
    host = (address.hostname or "").rstrip(".")
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        last = host.rpartition(".")[2]
        return "." not in host or last in ("localhost", "local", "internal") or last[:1].isdigit()  # 127.1 is one, too


def shown(endpoint: str) -> str:
    """For messages: without the name and password that an address may hold."""
    parts = urlsplit(endpoint)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else endpoint


def _origin(address: SplitResult) -> tuple[str, str | None, int | None]:
    return address.scheme, address.hostname, address.port or _DEFAULT_PORTS.get(address.scheme)
