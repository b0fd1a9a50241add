"""What the named endpoints share: who may call, how often, and what errors become."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

import gradio as gr
from starlette.requests import HTTPConnection

from inzwa.errors import BadMessage, InzwaError
from inzwa.server.app_state import AppState
from inzwa.server.limits import RateLimit
from inzwa.server.security import address, check_access
from inzwa.server.ui.strings import page_strings, say

LONGEST: Final = 100
"""Characters of a code, a key, an id or a choice; those that are longer are none."""


async def admit(app_state: AppState, request: gr.Request | None, call: str, limit: RateLimit) -> None:
    """Rate limit and access token, as for /v1. Every call from outside has a request."""
    if request is not None:
        caller = cast("HTTPConnection", request.request)  # None only in a process that Gradio forked
        await limit.count(call, address(caller))
        check_access(app_state.settings, caller)


@contextmanager
def error_sentences(app_state: AppState, **limits: int) -> Iterator[None]:
    """An error becomes a sentence in both languages, for scripts too; the title is its code."""
    try:
        yield
    except InzwaError as error:
        app_state.metrics.error(error.code)
        key = f"error.{error.code}"
        sentence = say(key if key in page_strings() else "error.unknown", **limits)
        raise gr.Error(f"{sentence} ({error.message})", title=error.code, print_exception=False) from error


def check_short(**texts: object) -> None:
    """BadMessage unless each is a text of at most LONGEST characters: Gradio passes on whatever JSON has."""
    for name, text in texts.items():
        if not isinstance(text, str) or len(text) > LONGEST:
            raise BadMessage(f"`{name}` is a text of at most {LONGEST} characters.")
