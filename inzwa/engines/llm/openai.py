"""A language model behind an OpenAI-compatible server: vLLM, llama.cpp's, or the like. Knows no template and no token.

One connection pool belongs to the engine. What fails before the first word is tried again, a little later each time;
after it nothing is, since words cannot be taken back. Closing a reply closes its connection, so the server stops too.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import anyio
import httpx

from inzwa.engines.llm.batching.reply_text import ReplyText
from inzwa.engines.llm.openai_wire import garbled, listed_models, read_piece, refusal, request
from inzwa.engines.llm.sse import data_lines
from inzwa.errors import EngineError, EngineRefused, EngineTimeout
from inzwa.protocols import ChatOptions, EngineInfo, Message

PAUSES_S: Final = (0.2, 0.6)
"""Seconds before the second and the third try."""
MOST_PAUSE_S: Final = 2.0
"""A server that asks for a longer pause is not asked again: somebody is waiting for the reply."""
CONNECT_S: Final = 3.0
READ_SHARE: Final = 0.9
"""Of the time that an engine may take: so the reply fails by its own words, before it is cut off."""
MOST_CONNECTIONS: Final = 64
MOST_BODY: Final = 1 << 22
"""Bytes of an answer that is no stream."""
BYTES_A_TOKEN: Final = 2
"""Fewer than any tokenizer needs for prose: conversations are cut too early rather than too late."""
TOKENS_A_MESSAGE: Final = 8

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where it is and how it is spoken to."""

    url: str
    """Up to and with its `/v1`."""
    key: str = field(default="", repr=False)
    model: str = "auto"
    """Its name there; `auto` is the first that the server lists."""
    timeout_s: float = 20.0
    """Seconds between two words."""


class OpenAIChat:
    """The chat model. Any number of replies at once: the server sees to its own load."""

    def __init__(self, client: httpx.AsyncClient, info: EngineInfo, context_tokens: int, pause: Pause) -> None:
        self.info, self.context_tokens = info, context_tokens
        self._client, self._pause = client, pause

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """More than the server will count: it alone has the tokenizer."""
        return sum(TOKENS_A_MESSAGE + len(message.content.encode()) // BYTES_A_TOKEN for message in messages)

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """Pieces of text as they arrive. EngineRefused, ContextTooLong, EngineTimeout or EngineError."""
        for pause_s in (*PAUSES_S, None):
            begun = False
            try:
                async with aclosing(self._said(messages, options)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
            except EngineError as error:
                wait_s = max(pause_s or 0.0, error.retry_after_s or 0.0)
                if begun or pause_s is None or not _passes(error) or wait_s > MOST_PAUSE_S:
                    raise
            else:
                return
            await self._pause(wait_s)

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        """Nothing: what a server keeps of a prompt is its own affair."""

    async def forget(self, session: str) -> None:
        """Nothing is kept."""

    async def _said(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """One try. Stop words end it even where the server does not know them."""
        text, left = ReplyText(options.stop), options.max_new_tokens
        async with aclosing(self._events(request(self.info.model, messages, options))) as events:
            async for data in events:
                piece = read_piece(data, self.info.source)
                if shown := text.push(piece.text.encode(errors="replace")):
                    yield shown
                left -= bool(piece.text)
                if piece.ended or text.stopped or not left:
                    break
            else:
                raise EngineError("llm", f"{self.info.source} broke the reply off.")
        if rest := text.flush():
            yield rest

    async def _events(self, body: dict[str, object]) -> AsyncGenerator[str, None]:
        url = self.info.source
        with _said_in_words(url):
            async with self._client.stream("POST", "chat/completions", json=body) as response:
                if response.status_code != httpx.codes.OK:
                    raise refusal(response.status_code, await _body(response), response.headers, url)
                async with aclosing(data_lines(response.aiter_raw())) as lines:
                    async for line in lines:
                        yield line


@asynccontextmanager
async def open_openai(server: Server, *, context_tokens: int, pause: Pause = anyio.sleep) -> AsyncIterator[OpenAIChat]:
    """The model on its server, asked for one word already. EngineError says what is wrong there."""
    began = time.perf_counter()
    async with _client(server) as client:
        model, holds = await _model(client, server)
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
        chat = OpenAIChat(client, info, min(context_tokens, holds or context_tokens), pause)
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
        headers={"Authorization": f"Bearer {server.key}"} if server.key else {},
        timeout=httpx.Timeout(server.timeout_s * READ_SHARE, connect=connect_s),
        limits=httpx.Limits(max_connections=MOST_CONNECTIONS),
    )


async def _model(client: httpx.AsyncClient, server: Server) -> tuple[str, int]:
    """The model's name, and the tokens that it holds, 0 where the server does not say."""
    with _said_in_words(server.url):
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
    """The answer's first MOST_BODY bytes."""
    body = b""
    async with aclosing(response.aiter_raw()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > MOST_BODY:
                break
    return body[:MOST_BODY]


def _passes(error: EngineError) -> bool:
    """Whether another try may go better, and there is still time for one."""
    return error.retryable and not isinstance(error, EngineTimeout)


@contextmanager
def _said_in_words(url: str) -> Iterator[None]:
    """The connection's own errors as ours."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise EngineTimeout("llm", f"{url} took too long.") from error
    except httpx.ConnectError as error:
        raise EngineError("llm", f"{url} cannot be reached: is the server running?") from error
    except httpx.TransportError as error:
        raise EngineError("llm", f"{url} broke the connection off.") from error
    except ValueError as error:
        raise garbled(url) from error
