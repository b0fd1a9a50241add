"""Who may call: origins, tokens, and the headers that tell browsers what a page of ours may do. Knows no route."""

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
"""No X-Frame-Options: it would keep the page out of its own Space's frame."""


class SecurityHeaders:
    """ASGI middleware that adds HEADERS to every HTTP answer."""

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
    """Whether the page that asks is ours: same host, the Space's host, or one on the list. Scripts send no origin."""
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
    """Who calls, for counting. uvicorn has already put a trusted proxy's word in its place.

    Of IPv6 the first half: the other is the caller's to choose, and no caller shall be as many as there are halves.
    """
    host = connection.client.host if connection.client else "unknown"
    try:
        called = ipaddress.ip_address(host)
    except ValueError:
        return host
    whole = called.version == 4 or called.is_loopback
    return host if whole else str(ipaddress.ip_network((called, 64), strict=False))


def is_local(connection: HTTPConnection) -> bool:
    """Whether the caller sits on this machine, and no proxy speaks for somebody else."""
    try:
        local = ipaddress.ip_address(connection.client.host if connection.client else "").is_loopback
    except ValueError:
        return False
    return local and "x-forwarded-for" not in connection.headers
