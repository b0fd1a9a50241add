"""A language model behind an OpenAI-compatible server: vLLM, llama.cpp's, or the like.

One connection pool belongs to the engine. What fails before the first piece is tried again, a little later each time;
after it nothing is, since words cannot be taken back. Closing a reply closes its connection, so the server stops too.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, cast

import anyio
import httpx

from inzwa.engines.llm.openai_wire import event_data, listed_models, malformed, read_piece, refusal, request
from inzwa.engines.llm.reply_text import ReplyText
from inzwa.errors import EngineError, EngineRefused, EngineTimeout
from inzwa.protocols import ChatOptions, EngineInfo, Message

PAUSES_S: Final = (0.2, 0.6)
"""Seconds before the second and the third try."""
MAX_PAUSE_S: Final = 2.0
"""A server that asks for a longer pause is not asked again: somebody is waiting for the reply."""
CONNECT_S: Final = 3.0
READ_SHARE: Final = 0.9
"""Of the time that an engine may take: so that a reply ends with this engine's error, before it is cut off."""
MAX_CONNECTIONS: Final = 64
MAX_BODY: Final = 1 << 22
"""Bytes of an answer that is no stream."""
BYTES_PER_TOKEN: Final = 2
"""Fewer than any tokenizer needs for prose: conversations are cut too early rather than too late."""
TOKENS_PER_MESSAGE: Final = 8

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where it is and how it is asked."""

    url: str
    """Up to and with its `/v1`."""
    key: str = field(default="", repr=False)
    model: str = "auto"
    """Its name there; `auto` is the first that the server lists."""
    timeout_s: float = 20.0
    """Seconds between two pieces."""


class OpenAIChat:
    """The chat model. Any number of replies at once: the server limits its own load."""

    def __init__(self, client: httpx.AsyncClient, info: EngineInfo, context_tokens: int, pause: Pause) -> None:
        self.info, self.context_tokens = info, context_tokens
        self.share_tokens = context_tokens
        self._client, self._pause = client, pause

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """More than the server will count: it alone has the tokenizer."""
        return sum(TOKENS_PER_MESSAGE + len(message.content.encode()) // BYTES_PER_TOKEN for message in messages)

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """Pieces of text as they arrive. EngineRefused, ContextTooLong, EngineTimeout or EngineError."""
        for pause_s in (*PAUSES_S, None):
            begun = False
            try:
                async with aclosing(self._attempt(messages, options)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
            except EngineError as error:
                wait_s = max(pause_s or 0.0, error.retry_after_s or 0.0)
                transient = error.retryable and not isinstance(error, EngineTimeout)  # after that no time is left
                if begun or pause_s is None or not transient or wait_s > MAX_PAUSE_S:
                    raise
            else:
                return
            await self._pause(wait_s)

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        """Nothing: the server caches what it wants."""

    async def forget(self, session: str) -> None:
        """Nothing is cached here."""

    async def _attempt(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """One try. Stop words end it even where the server does not know them."""
        text, left = ReplyText(options.stop), options.max_new_tokens
        async with aclosing(self._events(request(self.info.model, messages, options))) as events:
            async for data in events:
                piece = read_piece(data, self.info.source)
                if complete := text.push(piece.text.encode(errors="replace")):
                    yield complete
                left -= bool(piece.text)
                if piece.ended or text.stopped or not left:
                    break
            else:
                raise EngineError("llm", f"{self.info.source} broke the reply off.")
        if rest := text.flush():
            yield rest

    async def _events(self, body: dict[str, object]) -> AsyncGenerator[str, None]:
        url = self.info.source
        with _engine_errors(url):
            async with self._client.stream("POST", "chat/completions", json=body) as response:
                if response.status_code != httpx.codes.OK:
                    raise refusal(response.status_code, await _body(response), response.headers, url)
                async with aclosing(_raw(response)) as chunks, aclosing(event_data(chunks)) as events:
                    async for data in events:
                        yield data


@asynccontextmanager
async def open_openai(server: Server, *, context_tokens: int, pause: Pause = anyio.sleep) -> AsyncIterator[OpenAIChat]:
    """The model on its server, after one short reply. EngineError says what is wrong there."""
    began = time.perf_counter()
    async with _client(server) as client:
        model, model_tokens = await _model(client, server)
        loaded = time.perf_counter()
        info = EngineInfo(
            engine="openai",
            version=f"httpx {httpx.__version__}",
            model=model,
            language="not said",
            licence="its server's",
            source=server.url,
            load_ms=round((loaded - began) * 1000),
        )
        chat = OpenAIChat(client, info, min(context_tokens, model_tokens or context_tokens), pause)
        async with aclosing(chat.reply([Message("user", "Mhoro")], ChatOptions(max_new_tokens=1))) as pieces:
            async for _ in pieces:
                pass
        chat.info = replace(info, warm_ms=round((time.perf_counter() - loaded) * 1000))
        yield chat


def _client(server: Server) -> httpx.AsyncClient:
    if not (server.key.isascii() and server.key.isprintable()):
        raise EngineRefused("llm", "INZWA_OPENAI_API_KEY holds letters that no key has.")
    connect_s = min(CONNECT_S, server.timeout_s)
    return httpx.AsyncClient(
        base_url=f"{server.url}/",
        headers={"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {server.key}"} if server.key else {}),
        timeout=httpx.Timeout(server.timeout_s * READ_SHARE, connect=connect_s),
        limits=httpx.Limits(max_connections=MAX_CONNECTIONS),
    )


async def _model(client: httpx.AsyncClient, server: Server) -> tuple[str, int]:
    """The model's name, and the tokens that it holds, 0 where the server does not say."""
    with _engine_errors(server.url):
        async with client.stream("GET", "models") as response:
            status, body = response.status_code, await _body(response)
    if status == httpx.codes.NOT_FOUND and server.model != "auto":  # some servers list nothing
        return server.model, 0
    if status != httpx.codes.OK:
        raise refusal(status, body, response.headers, server.url)
    models = listed_models(body, server.url)
    if server.model == "auto" and not models:
        raise EngineRefused("llm", f"{server.url} lists no model: name one in INZWA_OPENAI_MODEL.")
    model = next(iter(models)) if server.model == "auto" else server.model
    return model, models.get(model, 0)


async def _body(response: httpx.Response) -> bytes:
    """The answer's first MAX_BODY bytes."""
    body = b""
    async with aclosing(_raw(response)) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > MAX_BODY:
                break
    return body[:MAX_BODY]


def _raw(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The bytes as they arrive, from a generator that can be closed: httpx declares it as an iterator."""
    return cast(AsyncGenerator[bytes, None], response.aiter_raw())


@contextmanager
def _engine_errors(url: str) -> Iterator[None]:
    """The connection's errors as EngineError."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise EngineTimeout("llm", f"{url} took too long.") from error
    except httpx.ConnectError as error:
        raise EngineError("llm", f"{url} cannot be reached: is the server running?") from error
    except httpx.TransportError as error:
        raise EngineError("llm", f"{url} broke the connection off.") from error
    except ValueError as error:
        raise malformed(url) from error
