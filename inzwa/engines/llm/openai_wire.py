"""What is said to an OpenAI-compatible server and what it answers, as bytes and errors. Knows no connection.

Of a server's own words only short codes are repeated: they may quote what a user said.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from inzwa.errors import ContextTooLong, EngineError, EngineRefused
from inzwa.protocols import ChatOptions, Message

MOST_STOPS: Final = 4
"""Stop words that the protocol allows; further ones are watched for here alone."""
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


def request(model: str, messages: Sequence[Message], options: ChatOptions) -> dict[str, Any]:
    """The body that asks for a streamed reply. The repeat penalty is left out: the protocol has none."""
    body = {
        "model": model,
        "messages": [asdict(message) for message in messages],
        "stream": True,
        "max_tokens": options.max_new_tokens,
        "temperature": options.temperature,
        "top_p": options.top_p,
    }
    if options.stop:
        body["stop"] = list(options.stop[:MOST_STOPS])
    if options.seed is not None:
        body["seed"] = options.seed
    return body


def read_piece(data: str, url: str) -> Piece:
    """One event's data. EngineError where it is an error or no chunk of a reply."""
    if data == "[DONE]":
        return Piece(ended=True)
    chunk = _object(data)
    if chunk.get("error"):
        raise EngineError("llm", f"{url} broke the reply off{_coded(chunk)}.")
    try:
        (choice,) = chunk["choices"] or [{}]  # the last event may hold figures alone
        text = (choice.get("delta") or {}).get("content") or ""
        piece = Piece(text, ended=choice.get("finish_reason") is not None)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise garbled(url) from error
    if not isinstance(text, str):
        raise garbled(url)
    return piece


def garbled(url: str) -> EngineError:
    """The error for bytes that nobody can read as a reply."""
    return EngineError("llm", f"{url} sent what is no part of a reply.")


def refusal(status: int, body: bytes, headers: Mapping[str, str], url: str) -> EngineError:
    """The error that an answer with this status means."""
    said = _object(body.decode(errors="replace"))
    if status in _REFUSALS:
        return EngineRefused("llm", f"{url} {_REFUSALS[status]} ({status}).")
    if _code(said) == "context_length_exceeded":
        return ContextTooLong("The conversation is longer than the server's model can hold.")
    if status == _BUSY:
        return EngineError("llm", f"{url} is busy (429).", retry_after_s=_seconds(headers.get("retry-after", "")))
    if status >= 500:
        return EngineError("llm", f"{url} failed ({status}).", retry_after_s=_seconds(headers.get("retry-after", "")))
    return EngineRefused("llm", f"{url} refuses the request ({status}{_coded(said)}).")


def listed_models(body: bytes, url: str) -> dict[str, int]:
    """Name of each model that the server lists, to the tokens that it holds; 0 where it does not say."""
    try:
        models = _object(body.decode(errors="replace"))["data"]
        return {str(model["id"]): int(model.get("max_model_len") or 0) for model in models}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EngineError("llm", f"{url} sent what is no list of models.") from error


def _object(data: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _code(said: Mapping[str, Any]) -> str:
    error = said.get("error")
    code = str(error.get("code") or error.get("type") or "") if isinstance(error, dict) else ""
    return code if _CODE.fullmatch(code) else ""


def _coded(said: Mapping[str, Any]) -> str:
    return f", {code}" if (code := _code(said)) else ""


def _seconds(value: str) -> float | None:
    """A Retry-After in seconds; its other form, a date, is not waited for."""
    return float(value) if value.isascii() and value.isdigit() else None
