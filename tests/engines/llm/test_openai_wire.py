"""What is sent and what answers mean, without a connection; events from bytes, however they were cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.engines.llm.openai_wire import MAX_LINE, Piece, event_data, listed_models, read_piece, refusal, request
from inzwa.errors import ContextTooLong, EngineError, EngineRefused
from inzwa.protocols import ChatOptions, Message

URL = "http://x/v1"
STREAM = ': hello\r\n\r\ndata: {"a": "ñ🙂"}\r\n\r\nevent: x\r\ndata:b\n\ndata:  [DONE] \n\n'.encode()


def test_the_request_has_what_the_protocol_defines():
    options = ChatOptions(max_new_tokens=9, temperature=0.1, top_p=0.8, stop=("a", "b", "c", "d", "e"), seed=3)
    assert request("tiny", [Message("user", "Mhoro")], options) == {
        "model": "tiny",
        "messages": [{"role": "user", "content": "Mhoro"}],
        "stream": True,
        "max_tokens": 9,
        "temperature": 0.1,
        "top_p": 0.8,
        "stop": ["a", "b", "c", "d"],
        "seed": 3,
    }
    assert not {"stop", "seed"} & request("tiny", [], ChatOptions()).keys()


@pytest.mark.parametrize(
    ("data", "piece"),
    [
        ("[DONE]", Piece(ended=True)),
        ('{"choices": [{"delta": {"role": "assistant"}}]}', Piece()),
        ('{"choices": [{"delta": {"content": "a"}, "finish_reason": null}]}', Piece("a")),
        ('{"choices": [{"delta": null, "finish_reason": "length"}]}', Piece(ended=True)),
        ('{"choices": [], "usage": {"total_tokens": 3}}', Piece()),
    ],
)
def test_an_event_is_a_piece_of_the_reply(data, piece):
    assert read_piece(data, URL) == piece


@pytest.mark.parametrize(
    "data",
    [
        *("", "null", "[1]", "{}", "[" * 100_000),
        *('{"choices": 3}', '{"choices": [3]}', '{"choices": [{}, {}]}', '{"choices": [{"delta": {"content": [1]}}]}'),
        '{"error": {"message": "boom"}}',
    ],
    ids=range(10),
)
def test_what_is_no_piece_is_an_error_that_names_the_server(data):
    with pytest.raises(EngineError, match=URL):
        read_piece(data, URL)


@given(st.text())
def test_no_event_brings_another_kind_of_error(data):
    try:
        assert isinstance(read_piece(data, URL), Piece)
    except EngineError as error:
        assert data not in error.message or len(data) < 12  # noqa: PT017 a server may quote what a user said


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (401, b"", EngineRefused, "set INZWA_OPENAI_API_KEY"),
        (403, b"", EngineRefused, "may use the model"),
        (404, b"", EngineRefused, "INZWA_OPENAI_MODEL"),
        (400, b'{"error": {"code": "context_length_exceeded"}}', ContextTooLong, "longer"),
        (400, b'{"error": {"code": "bad_temperature"}}', EngineRefused, "400, bad_temperature"),
        (400, b'{"error": {"code": "you said: secret words"}}', EngineRefused, r"\(400\)"),
        (302, b"<html>", EngineRefused, "302"),
        (429, b"", EngineError, "busy"),
        (503, b"\xff\xfe", EngineError, r"failed \(503\)"),
    ],
)
def test_a_refusal_says_the_remedy_and_nothing_of_what_was_said(status, body, kind, says):
    error = refusal(status, body, {}, URL)
    assert type(error) is kind
    with pytest.raises(kind, match=says):
        raise error
    assert "secret" not in error.message


@pytest.mark.parametrize(
    ("header", "seconds"), [("3", 3.0), ("", None), ("Wed, 21 Oct", None), ("-1", None), ("٣", None)]
)
def test_a_busy_server_says_when_to_come_again(header, seconds):
    assert refusal(429, b"", {"retry-after": header}, URL).retry_after_s == seconds


def test_a_list_of_models_may_say_what_each_holds():
    listed = b'{"data": [{"id": "a", "max_model_len": 4096}, {"id": "b"}]}'
    assert listed_models(listed, URL) == {"a": 4096, "b": 0}
    for wrong in (b"", b"[]", b'{"data": [3]}', b'{"data": [{"id": "a", "max_model_len": "x"}]}'):
        with pytest.raises(EngineError, match="no list of models"):
            listed_models(wrong, URL)


async def events(*chunks: bytes) -> list[str]:
    async def arriving():
        for chunk in chunks:
            yield chunk

    return [data async for data in event_data(arriving())]


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
async def test_the_data_is_the_same_however_the_bytes_are_cut(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[start:end] for start, end in pairwise(edges)]
    assert await events(*chunks) == ['{"a": "ñ🙂"}', "b", "[DONE]"]


async def test_a_line_without_an_end_is_an_error():
    with pytest.raises(ValueError, match="longer"):
        await events(b"data: ", b"x" * MAX_LINE, b"x")


async def test_half_a_line_is_dropped():
    assert await events(b"data: a\ndata: b") == ["a"]


async def test_bytes_that_are_no_utf8_are_an_error():
    with pytest.raises(ValueError, match="utf-8"):
        await events(b"data: \xff\n")
