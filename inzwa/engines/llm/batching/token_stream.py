"""Carries one reply's text from the decode thread to its listener on the event loop.

The thread may be MAX_PENDING pieces ahead of the listener; `full` then says not to decode this reply.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self, TypeVar

import anyio

from inzwa.errors import EngineError

MAX_PENDING: Final = 8
"""Pieces that a listener may be behind."""

T = TypeVar("T")


class TokenStream:
    """Made on the event loop; `put` and `end` belong to the decode thread, iterating and `close` to the listener."""

    def __init__(self, on_taken: Callable[[], None]) -> None:
        """`on_taken` is called on the event loop whenever the listener took a piece."""
        self._loop = asyncio.get_running_loop()
        self._on_taken = on_taken
        self._send, self._receive = anyio.create_memory_object_stream[str](MAX_PENDING)
        self._sent = self._taken = 0
        self._error: EngineError | None = None

    @property
    def full(self) -> bool:
        """Whether the listener is so far behind that no further piece may be put."""
        return self._sent - self._taken >= MAX_PENDING

    def put(self, text: str) -> None:
        """One more piece; not while `full`."""
        self._sent += 1
        self._call(self._deliver, text)

    def end(self, error: EngineError | None = None) -> None:
        """No more pieces; `error` is raised to the listener after the last."""
        self._call(self._finish, error)

    def close(self) -> None:
        """The listener has gone; later pieces are dropped."""
        self._send.close()
        self._receive.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        with suppress(anyio.EndOfStream):
            text = await self._receive.receive()
            self._taken += 1
            self._on_taken()
            return text
        raise self._error or StopAsyncIteration

    def _call(self, function: Callable[[T], None], argument: T) -> None:
        """On the event loop."""
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(function, argument)

    def _deliver(self, text: str) -> None:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            self._send.send_nowait(text)

    def _finish(self, error: EngineError | None) -> None:
        self._error = error
        self._send.close()
