"""Who may call: origins, tokens and addresses; and the headers that tell browsers what our pages may do."""

import hmac
import ipaddress
import os
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inzwa.errors import Unauthorized
from inzwa.settings import Settings

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Content-Security-Policy": "frame-ancestors 'self' https://huggingface.co https://*.hf.space",
}
"""No X-Frame-Options: it would forbid the frame in which a Space shows the page."""


class SecurityHeaders:
    """ASGI middleware that adds HEADERS to every HTTP response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def origin_allowed(headers: Headers, settings: Settings) -> bool:
    """Whether the calling page is ours: same host, the Space's host, or a listed origin. Scripts send no origin."""
    origin = headers.get("origin")
    if origin is None:
        return True
    host = urlsplit(origin).netloc
    own = {headers.get("host", ""), os.environ.get("SPACE_HOST", "")} - {""}
    return bool(host) and (host in own or origin in settings.origins)


def check_access(settings: Settings, connection: HTTPConnection, message_token: str = "") -> None:
    """Unauthorized unless the access token, where one is set, is in the bearer header or the first message."""
    expected = settings.access_token.get_secret_value()
    if expected and not (same_token(bearer(connection), expected) or same_token(message_token, expected)):
        raise Unauthorized("This server asks for an access token, and this is not it.")


def same_token(given: str, expected: str) -> bool:
    """Compared in constant time; an empty expectation matches nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def bearer(connection: HTTPConnection) -> str:
    """The token of `Authorization: Bearer ...`, empty when there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def address(connection: HTTPConnection) -> str:
    """The caller's address, for limits; behind a trusted proxy uvicorn has put the real one in place.

    Of IPv6 the network (/64): a caller may choose among all addresses in it, and would escape any limit.
    """
    host = connection.client.host if connection.client else "unknown"
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host
    if ip.version == 4 or ip.is_loopback:
        return host
    return str(ipaddress.ip_network((ip, 64), strict=False))


def is_local(connection: HTTPConnection) -> bool:
    """Whether the call comes from this machine, and not through a proxy from elsewhere."""
    try:
        local = ipaddress.ip_address(connection.client.host if connection.client else "").is_loopback
    except ValueError:
        return False
    return local and "x-forwarded-for" not in connection.headers
