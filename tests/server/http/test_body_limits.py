"""Bodies that come too slowly, on raw sockets."""

from urllib.parse import urlsplit

import anyio

from tests.serving import serving

HEAD = b"POST /v1/tts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n"
BODY = b'{"text": "Mhoro shamwari.", "speed": 1.0}'[:40]


async def everything(stream: anyio.abc.SocketStream) -> bytes:
    said = b""
    while True:
        try:
            said += await stream.receive()
        except anyio.EndOfStream:
            return said


async def test_who_stops_in_the_middle_of_a_body_is_let_go():
    async with serving(request_timeout_s=0.5) as (url, _):
        address = urlsplit(url)
        async with await anyio.connect_tcp(address.hostname, address.port) as stream:
            await stream.send(HEAD + BODY[:10])
            said = await everything(stream)
    assert said.startswith(b"HTTP/1.1 400")
    assert b"connection: close" in said.lower()


async def test_an_answer_that_takes_longer_than_a_body_may_is_not_cut():
    async with serving(request_timeout_s=0.5) as (url, _):
        address = urlsplit(url)
        async with await anyio.connect_tcp(address.hostname, address.port) as stream:
            body = b'{"text": "Mhoro shamwari."}'
            head = HEAD.replace(b"Content-Length: 40", b"Connection: close\r\nContent-Length: %d" % len(body))
            await stream.send(head + body[:5])
            await stream.send(body[5:])
            said = await everything(stream)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"RIFF" in said
