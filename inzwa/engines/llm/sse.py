"""Server-sent events as OpenAI's protocol uses them: one line of data an event. Knows no JSON and no client."""

from collections.abc import AsyncGenerator, AsyncIterable
from typing import Final

MAX_LINE: Final = 1 << 16
"""Bytes of one event; a chunk of a reply has a few hundred."""


async def data_lines(chunks: AsyncIterable[bytes]) -> AsyncGenerator[str, None]:
    """The data of each event, as it arrives. Comments and other fields are left out.

    ValueError when a line is longer than MAX_LINE or no UTF-8. What follows the last line's end is no line.
    """
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > MAX_LINE or any(len(line) > MAX_LINE for line in lines):
            raise ValueError(f"a line is longer than {MAX_LINE} bytes")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip().decode()
