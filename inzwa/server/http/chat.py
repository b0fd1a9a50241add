"""POST /v1/chat: the language model on its own, streamed or in one answer, in the shape of OpenAI's API."""

import json
import time
import uuid
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from inzwa.conversation.output.reply import answer
from inzwa.errors import EmptyText, InzwaError, TextTooLong
from inzwa.protocols import ChatOptions, Message
from inzwa.server.http.access import ForUser
from inzwa.server.http.streaming import StreamedResponse
from inzwa.server.redaction import without_folders
from inzwa.server.request_options import chat_options, check_text
from inzwa.settings import Settings

MAX_MESSAGES: Final = 64
MAX_SYSTEM_CHARS: Final = 8_000
"""More than the longest context holds; for what programs write: instructions and the results of tools."""
MAX_STOP_CHARS: Final = 64

router = APIRouter(prefix="/v1", tags=["speech"])


class TextPart(BaseModel):
    """One part of a message's content."""

    type: Literal["text"]
    text: str


def joined_parts(content: object) -> object:
    """Text parts as one text, a line each; everything else as it came. An error for parts that are not text."""
    if not isinstance(content, list):
        return content
    texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    if len(texts) < len(content) or not all(isinstance(text, str) for text in texts):
        raise PydanticCustomError(
            "text_parts", 'Only parts of the kind {"type": "text", "text": "..."} are taken; no images, no sound'
        )
    return "\n".join(map(str, texts))


class ChatMessage(BaseModel):
    """A message as OpenAI's clients send it. Its other fields (`name`, `tool_calls`, `tool_call_id`) are ignored."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Annotated[
        str | None, BeforeValidator(joined_parts, json_schema_input_type=str | list[TextPart] | None)
    ] = None

    @model_validator(mode="after")
    def _needs_content_unless_assistant(self) -> "ChatMessage":
        if self.content is None and self.role != "assistant":  # an assistant's tool call has no text
            raise PydanticCustomError("content", "`content` is a text or a list of text parts")
        return self


class ChatRequest(BaseModel):
    """A conversation to be continued. Fields of OpenAI's request that are not named here are ignored."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=MAX_MESSAGES)
    stream: bool | None = Field(None, description="false: one JSON object at the end, else server-sent events.")
    max_tokens: int | None = Field(None, ge=1, le=1024, description="Tokens of the reply at most.")
    temperature: float | None = Field(None, ge=0, le=2)
    stop: list[Annotated[str, Field(max_length=MAX_STOP_CHARS)]] = Field(default_factory=list, max_length=4)
    seed: int | None = None


@router.post("/chat", responses={200: {"content": {"text/event-stream": {}, "application/json": {}}}})
async def chat(wanted: ChatRequest, app_state: ForUser) -> StreamedResponse:
    """Messages to a reply: server-sent events, each an OpenAI `chat.completion.chunk`, ended by [DONE]; with
    `"stream": false` one `chat.completion`. A tool's result is read as the user's words, `developer` as `system`."""
    engines, settings = app_state.engines, app_state.settings
    _check(wanted.messages, settings.max_text_chars)
    messages = model_messages(wanted.messages)
    pieces = answer(
        engines.llm,
        messages,
        _options(wanted, settings),
        language=settings.language,
        timeout_s=settings.engine_timeout_s,
    )
    model = without_folders(engines.llm.info.model)
    if wanted.stream is False:
        return StreamedResponse(_completion(pieces, model), "application/json")
    return StreamedResponse(_chunks(pieces, model), "text/event-stream")


def model_messages(messages: Iterable[ChatMessage]) -> list[Message]:
    """The messages in the three roles that models have been taught. A tool's result joins the user's words before it,
    if any; an assistant's message without text, which called the tool, is left out."""
    found: list[Message] = []
    for each in messages:
        text = each.content or ""
        if each.role == "tool" and found and found[-1].role == "user":
            found[-1] = Message("user", f"{found[-1].content}\n\n{text}")
        elif each.role in ("user", "tool"):
            found.append(Message("user", text))
        elif each.role in ("system", "developer"):
            found.append(Message("system", text))
        elif text.strip():
            found.append(Message("assistant", text))
    return found


def _check(messages: Sequence[ChatMessage], max_chars: int) -> None:
    for each in messages:
        text = each.content or ""
        if each.role == "user" or (each.role == "assistant" and text):
            check_text(text, max_chars)
        elif len(text) > MAX_SYSTEM_CHARS:
            raise TextTooLong(f"A message of the role {each.role} has at most {MAX_SYSTEM_CHARS} characters.")
    if messages[-1].role not in ("user", "tool"):
        raise EmptyText("The last message is the user's, or a tool's result.")


def _options(wanted: ChatRequest, settings: Settings) -> ChatOptions:
    options = replace(chat_options(settings), stop=tuple(filter(None, wanted.stop)), seed=wanted.seed)
    if wanted.max_tokens is not None:
        options = replace(options, max_new_tokens=wanted.max_tokens)
    if wanted.temperature is not None:
        options = replace(options, temperature=wanted.temperature)
    return options


async def _chunks(pieces: AsyncGenerator[str, None], model: str) -> AsyncGenerator[bytes, None]:
    head = _head("chat.completion.chunk", model)

    def event(delta: Mapping[str, str], finish: str | None = None) -> bytes:
        return _sse({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    async with aclosing(pieces):
        first = await anext(pieces, None)
        yield event({"role": "assistant", "content": ""})
        try:
            if first is not None:
                yield event({"content": first})
            async for piece in pieces:
                yield event({"content": piece})
        except InzwaError as error:
            yield _sse({"error": {"code": error.code, "message": error.message, "retryable": error.retryable}})
            return
    yield event({}, "stop")
    yield b"data: [DONE]\n\n"


async def _completion(pieces: AsyncGenerator[str, None], model: str) -> AsyncGenerator[bytes, None]:
    """One chunk: the whole reply. `usage` is left out: the model does not say how many tokens a piece was."""
    async with aclosing(pieces):
        message = {"role": "assistant", "content": "".join([piece async for piece in pieces])}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    yield _json({**_head("chat.completion", model), "choices": [choice]})


def _head(kind: str, model: str) -> dict[str, object]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": model}


def _sse(fields: Mapping[str, object]) -> bytes:
    return b"data: " + _json(fields) + b"\n\n"


def _json(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
