"""Events from bytes, however they were cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.engines.llm.sse import MAX_LINE, data_lines

STREAM = ': hello\r\n\r\ndata: {"a": "ñ🙂"}\r\n\r\nevent: x\r\ndata:b\n\ndata:  [DONE] \n\n'.encode()


async def lines(*chunks: bytes) -> list[str]:
    async def arriving():
        for chunk in chunks:
            yield chunk

    return [line async for line in data_lines(arriving())]


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
async def test_the_data_is_the_same_however_the_bytes_are_cut(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[start:end] for start, end in pairwise(edges)]
    assert await lines(*chunks) == ['{"a": "ñ🙂"}', "b", "[DONE]"]


async def test_a_line_that_never_ends_is_given_up():
    with pytest.raises(ValueError, match="longer"):
        await lines(b"data: ", b"x" * MAX_LINE, b"x")


async def test_half_a_line_is_none():
    assert await lines(b"data: a\ndata: b") == ["a"]


async def test_what_is_no_utf8_is_a_value_error():
    with pytest.raises(ValueError, match="utf-8"):
        await lines(b"data: \xff\n")
