"""The server can end at any moment of a socket's life."""

import asyncio

import anyio
import anyio.lowlevel
import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidState
from websockets.uri import parse_uri

from inzwa.server.uvicorn_server import SocketProtocol, server_config
from tests.serving import settings


async def application(scope, receive, send):
    """Accepts the socket and waits until it is closed."""
    await receive()
    await send({"type": "websocket.accept"})
    await receive()


class Connection(asyncio.Transport):
    """A connection whose end the protocol has not been told of yet."""

    def __init__(self):
        super().__init__()
        self.written, self.closed = b"", False

    def write(self, data):
        self.written += bytes(data)

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True

    def get_extra_info(self, name, default=None):
        return default


async def being_closed(kind: type[WebSocketsSansIOProtocol]) -> tuple[WebSocketsSansIOProtocol, Connection]:
    """A protocol that has received the client's close frame, and no end of the connection."""
    config = server_config(application, settings())
    config.load()
    protocol, connection = kind(config, ServerState(), {}), Connection()
    protocol.connection_made(connection)
    client = ClientProtocol(parse_uri("ws://localhost/ws/audio"))
    client.send_request(client.connect())
    protocol.data_received(b"".join(client.data_to_send()))
    with anyio.fail_after(5):
        while not connection.written:
            await anyio.lowlevel.checkpoint()
    client.receive_data(connection.written)
    client.send_close(1000)
    protocol.data_received(b"".join(client.data_to_send()))
    return protocol, connection


async def test_a_client_that_is_closing_does_not_keep_the_server_from_ending():
    protocol, connection = await being_closed(SocketProtocol)
    protocol.shutdown()
    assert connection.closed
    protocol.connection_lost(None)


async def test_uvicorns_own_protocol_still_needs_this():
    protocol, _ = await being_closed(WebSocketsSansIOProtocol)
    with pytest.raises(InvalidState):
        protocol.shutdown()
    protocol.connection_lost(None)
