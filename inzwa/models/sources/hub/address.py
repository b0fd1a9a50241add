"""SSRF guard: where a Hub may redirect a download to. A storage host is right, an address of our own network is not."""

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from inzwa.errors import ModelUnavailable

SCHEMES: Final = ("http", "https")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def require_allowed(location: str, endpoint: str) -> None:
    """ModelUnavailable for a location that is less safe than the endpoint: a file, plain HTTP after HTTPS, an internal
    address after a public one."""
    try:
        hub, target = urlsplit(endpoint), urlsplit(location)
        if same_origin(endpoint, location):
            return
        encrypted = hub.scheme != "https" or target.scheme == "https"
        internal = is_internal(location) and not is_internal(endpoint)
    except ValueError as error:
        raise ModelUnavailable(f"the Hub at {shown(endpoint)} sends on to what is no address ({error})") from None
    if target.scheme not in SCHEMES or not target.hostname or not encrypted or internal:
        raise ModelUnavailable(
            f"the Hub at {shown(endpoint)} sends on to {target.scheme}://{target.hostname or ''}: expected a storage "
            "host of its own, reached as it is; refused"
        )


def same_origin(one: str, other: str) -> bool:
    """Whether scheme, host and port of two addresses are the same, so that both may be sent the same token.

    ValueError when one is no address.
    """
    return _origin(urlsplit(one)) == _origin(urlsplit(other))


def is_internal(address: str) -> bool:
    """Whether it names this machine or its network outright. What a name means to DNS is not looked up."""
    host = (urlsplit(address).hostname or "").rstrip(".")
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
