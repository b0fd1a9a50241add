"""A time limit on the bodies of requests."""

from typing import Final

import anyio
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAUSES: Final = 4
"""Times `request_timeout_s`, because a phone's connection may pause for a while: 20 s unless set otherwise."""


class BodyTimeout:
    """ASGI middleware: a client that pauses too long within a body counts as gone, and its connection is closed."""

    def __init__(self, app: ASGIApp, request_timeout_s: float) -> None:
        self._app, self._pause_s = app, PAUSES * request_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        more, late = True, False

        async def receive_in_time() -> Message:
            nonlocal more, late
            if not more:  # the body is complete: the next message is the disconnect, whenever it comes
                return await receive()
            with anyio.move_on_after(self._pause_s):
                message = await receive()
                more = message.get("more_body", False)
                return message
            more, late = False, True
            return {"type": "http.disconnect"}

        async def send_and_close(message: Message) -> None:
            if late and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive_in_time, send_and_close)
