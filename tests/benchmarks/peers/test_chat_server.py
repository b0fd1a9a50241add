"""What the model server fills in for requests that name no limit."""

import json

import httpx
import pytest

from benchmarks.peers.models.chat_server import RequestDefaults


async def echo(scope, receive, send):
    """An application that answers with the body it was given, and with the length it was told."""
    message = await receive()
    headers = [pair for pair in scope["headers"] if pair[0] == b"content-length"]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": message.get("body", b"")})


@pytest.fixture
def client():
    app = RequestDefaults(echo, {"max_tokens": 32, "temperature": 0.4})
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://server")


async def test_a_request_without_a_limit_is_given_one(client):
    answer = await client.post("/v1/chat/completions", json={"messages": []})
    assert answer.json() == {"messages": [], "max_tokens": 32, "temperature": 0.4}
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_what_a_request_says_itself_is_kept(client):
    answer = await client.post("/v1/chat/completions", json={"max_tokens": 5, "temperature": 1.0})
    assert answer.json() == {"max_tokens": 5, "temperature": 1.0}


async def test_a_body_in_pieces_is_read_whole(client):
    async def pieces():
        for piece in (b'{"max_', b'tokens": 5}'):
            yield piece

    answer = await client.post("/v1/chat/completions", content=pieces())
    assert json.loads(answer.content) == {"max_tokens": 5, "temperature": 0.4}


async def test_other_requests_are_passed_on(client):
    assert (await client.get("/v1/models")).content == b""
