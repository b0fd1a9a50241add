"""Text frames of /ws/audio to events and back.

Unknown fields are ignored, so that an older server understands a newer client.
"""

import json
from dataclasses import asdict
from functools import cache
from typing import Final

from pydantic import TypeAdapter, ValidationError

from inzwa.errors import BadMessage
from inzwa.events import Cancel, ClientEvent, EndTurn, ServerMessage, Start, TypedText

CLIENT_MESSAGES: Final = {message.type: message for message in (Start, EndTurn, Cancel, TypedText)}


def parse_message(frame: str) -> ClientEvent:
    """The event in a text frame. BadMessage says what is wrong with it, without repeating what the user wrote."""
    fields = _json_object(frame)
    kind = fields.get("type")
    if not isinstance(kind, str) or kind not in CLIENT_MESSAGES:
        known = ", ".join(CLIENT_MESSAGES)
        raise BadMessage(f"A message needs a `type`, one of {known}.")
    try:
        return _adapter(kind).validate_json(frame, strict=True)
    except ValidationError as error:
        raise BadMessage(f"{kind}: {_first_error(error)}.") from None


def message_text(event: ServerMessage) -> str:
    """The text frame of an event."""
    return json.dumps({"type": event.type, **asdict(event)}, ensure_ascii=False, separators=(",", ":"))


def _json_object(frame: str) -> dict[str, object]:
    try:
        fields = json.loads(frame)
    except (ValueError, RecursionError):
        raise BadMessage("A text frame must hold JSON.") from None
    if not isinstance(fields, dict):
        raise BadMessage("A text frame must hold a JSON object.")
    return fields


@cache
def _adapter(kind: str) -> TypeAdapter[ClientEvent]:
    return TypeAdapter(CLIENT_MESSAGES[kind])


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"`{'.'.join(map(str, first['loc']))}`: {first['msg'][:1].lower()}{first['msg'][1:]}"
