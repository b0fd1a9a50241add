"""The OpenAI protocol as bytes and errors: what is sent, and what answers mean.

Of a server's own words only short codes are repeated: they may quote what a user said.
"""

import json
import re
from collections.abc import AsyncGenerator, AsyncIterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from inzwa.errors import ContextTooLong, EngineError, EngineRefused
from inzwa.protocols import ChatOptions, Message

MAX_LINE: Final = 1 << 16
"""Bytes of one server-sent event; a chunk of a reply has a few hundred."""
MAX_STOPS: Final = 4
"""Stop words that the protocol allows; further ones are matched in the reply alone."""
_CODE: Final = re.compile(r"[\w.-]{1,64}")
_BUSY: Final = 429
_REFUSALS: Final = {
    401: "refuses the key: set INZWA_OPENAI_API_KEY",
    403: "refuses the key: set INZWA_OPENAI_API_KEY to one that may use the model",
    404: "has no such address or model: INZWA_OPENAI_BASE_URL ends in /v1 on most servers, and INZWA_OPENAI_MODEL is "
    "a name that it lists",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One event of a reply."""

    text: str = ""
    ended: bool = False
    """Whether the server says that the reply is complete."""


def request(model: str, messages: Sequence[Message], options: ChatOptions) -> dict[str, object]:
    """The body that asks for a streamed reply. The repeat penalty is left out: the protocol has none."""
    body: dict[str, object] = {
        "model": model,
        "messages": [asdict(message) for message in messages],
        "stream": True,
        "max_tokens": options.max_new_tokens,
        "temperature": options.temperature,
        "top_p": options.top_p,
    }
    if options.stop:
        body["stop"] = list(options.stop[:MAX_STOPS])
    if options.seed is not None:
        body["seed"] = options.seed
    return body


async def event_data(chunks: AsyncIterable[bytes]) -> AsyncGenerator[str, None]:
    """The data of each server-sent event as it arrives: one line each in this protocol.

    ValueError when a line is longer than MAX_LINE or no UTF-8. An unfinished last line is dropped.
    """
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > MAX_LINE or any(len(line) > MAX_LINE for line in lines):
            raise ValueError(f"a line is longer than {MAX_LINE} bytes")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip().decode()


def read_piece(data: str, url: str) -> Piece:
    """One event's data. EngineError where it is an error or no chunk of a reply."""
    if data == "[DONE]":
        return Piece(ended=True)
    chunk = _object(data)
    if chunk.get("error"):
        raise EngineError("llm", f"{url} broke the reply off{_coded(chunk)}.")
    try:
        (choice,) = chunk["choices"] or [{}]  # the last event may hold usage figures alone
        text = (choice.get("delta") or {}).get("content") or ""
        piece = Piece(text, ended=choice.get("finish_reason") is not None)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise malformed(url) from error
    if not isinstance(text, str):
        raise malformed(url)
    return piece


def malformed(url: str) -> EngineError:
    """The error for bytes that are no part of a reply."""
    return EngineError("llm", f"{url} sent what is no part of a reply.")


def refusal(status: int, body: bytes, headers: Mapping[str, str], url: str) -> EngineError:
    """The error that an answer with this status means."""
    answer = _object(body.decode(errors="replace"))
    if status in _REFUSALS:
        return EngineRefused("llm", f"{url} {_REFUSALS[status]} ({status}).")
    if _code(answer) == "context_length_exceeded":
        return ContextTooLong("The conversation is longer than the server's model can hold.")
    if status == _BUSY or status >= 500:
        trouble = "is busy" if status == _BUSY else "failed"
        return EngineError(
            "llm", f"{url} {trouble} ({status}).", retry_after_s=_seconds(headers.get("retry-after", ""))
        )
    return EngineRefused("llm", f"{url} refuses the request ({status}{_coded(answer)}).")


def listed_models(body: bytes, url: str) -> dict[str, int]:
    """Name of each model that the server lists, to the tokens that it holds; 0 where it does not say."""
    try:
        models = _object(body.decode(errors="replace"))["data"]
        return {str(model["id"]): int(model.get("max_model_len") or 0) for model in models}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EngineError("llm", f"{url} sent what is no list of models.") from error


def _object(data: str) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _code(answer: Mapping[str, Any]) -> str:
    error = answer.get("error")
    code = str(error.get("code") or error.get("type") or "") if isinstance(error, dict) else ""
    return code if _CODE.fullmatch(code) else ""


def _coded(answer: Mapping[str, Any]) -> str:
    return f", {code}" if (code := _code(answer)) else ""


def _seconds(value: str) -> float | None:
    """A Retry-After in seconds; its other form, a date, is not waited for."""
    return float(value) if value.isascii() and value.isdigit() else None
