"""Text frames of /ws/audio to events and back.

Unknown fields are ignored, so that an older server understands a newer client.
"""

import json
from dataclasses import asdict
from typing import Annotated, Final

from pydantic import Discriminator, Tag, TypeAdapter, ValidationError

from inzwa.errors import BadMessage
from inzwa.events import Cancel, EndTurn, Rate, ServerMessage, Start, TypedText
from inzwa.feedback.submissions import MAX_KEY

ClientMessage = Start | EndTurn | Cancel | TypedText | Rate
"""On the wire a text frame; sound comes in binary frames."""


def _type(message: object) -> object:
    return message.get("type") if isinstance(message, dict) else None


_ADAPTER: Final[TypeAdapter[ClientMessage]] = TypeAdapter(
    Annotated[
        Annotated[Start, Tag(Start.type)]
        | Annotated[EndTurn, Tag(EndTurn.type)]
        | Annotated[Cancel, Tag(Cancel.type)]
        | Annotated[TypedText, Tag(TypedText.type)]
        | Annotated[Rate, Tag(Rate.type)],
        Discriminator(
            _type,
            custom_error_type="type",
            custom_error_message="A message is a JSON object whose `type` is start, end_turn, cancel, text or rate",
        ),
    ]
)


def parse_message(frame: str) -> ClientMessage:
    """The event in a text frame. BadMessage says what is wrong with it, without repeating what the user wrote."""
    try:
        return _ADAPTER.validate_json(frame, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
    field = f"`{'.'.join(map(str, first['loc']))}`: " if first["loc"] else ""
    raise BadMessage(f"{field}{first['msg']}.")


def message_key(frame: str) -> str:
    """The `key` of a `rate` that has something wrong with it, so that its sender knows which; else empty."""
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        return ""
    key = message.get("key") if _type(message) == Rate.type else None
    return key if isinstance(key, str) and len(key) <= MAX_KEY else ""


def message_text(event: ServerMessage) -> str:
    """The text frame of an event."""
    return json.dumps({"type": event.type, **asdict(event)}, ensure_ascii=False, separators=(",", ":"))
