"""What the Evaluate tab and gradio_client call: next_task, submit_task, undo_task; and who has signed in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import gradio as gr
from gradio.events import api
from starlette.requests import HTTPConnection

from inzwa.errors import BadMessage, InzwaError
from inzwa.feedback.records import JsonObject
from inzwa.server.app_state import AppState
from inzwa.server.security import address, check_access
from inzwa.server.ui.evaluate.sign_in import signed_in_code
from inzwa.server.ui.strings import page_strings, say

AT_ONCE: Final = 8
"""Calls of these endpoints that are worked on at once; they wait for the disk, not for a core."""


class TaskEndpoints:
    """The public calls on tasks."""

    def __init__(self, app_state: AppState) -> None:
        self._app_state = app_state

    def register(self) -> None:
        """Name them in the Blocks that are being built."""
        for call in (self.next_task, self.submit_task, self.undo_task):
            api(call, api_name=call.__name__, concurrency_limit=AT_ONCE, concurrency_id="tasks")
        api(
            self.signed_in_code,
            api_name="signed_in_code",
            api_visibility="undocumented",
            concurrency_limit=AT_ONCE,
            concurrency_id="tasks",
        )

    async def next_task(
        self, code: str, kind: str = "", language: str = "sn", request: gr.Request | None = None
    ) -> JsonObject:
        """Draw a task: a withdrawal code and a kind (naturalness, comparison, transcript, reply, reading, review; empty
        for any) to {"task", "kind", "payload", "progress": {"done", "total"}, "answer"}. The same task comes until it
        is answered or skipped. Its sounds, named in payload["sounds"], are at feedback/sound/TASK/NAME."""
        with self._error_sentences():
            await self._admit(request, "next_task")
            _check_texts(code=code, kind=kind, language=language)
            return await self._app_state.tasks.next(code, kind)

    async def submit_task(
        self,
        code: str,
        task: str,
        key: str,
        answer: dict[str, Any] | None = None,
        skip: bool = False,
        request: gr.Request | None = None,
    ) -> JsonObject:
        """Answer a task: code, task, a key of your own (the same key counts once) and an answer by kind to {"task",
        "done", "total"}, once it is on disk. naturalness {"naturalness": 1-5, "intelligibility": 1-5}; comparison
        {"choice": "a", "b" or "tie"}; transcript {"text"}; reply {"answers": bool, "shona": 1-5, "safe": bool,
        "better": text}; reading {"recording": id}; review {"right": bool, "better": text}. Or skip it."""
        with self._error_sentences():
            await self._admit(request, "submit_task")
            _check_texts(code=code, task=task, key=key)
            if not isinstance(answer, dict | None):
                raise BadMessage("`answer` is an object.")
            return await self._app_state.tasks.submit(code, task, key, answer or {}, skipped=skip is True)

    async def undo_task(self, code: str, request: gr.Request | None = None) -> JsonObject:
        """The task that was answered or skipped last, as next_task gives it, with its answer: submit it again to
        replace that."""
        with self._error_sentences():
            await self._admit(request, "undo_task")
            _check_texts(code=code)
            return await self._app_state.tasks.undo(code)

    async def signed_in_code(
        self, profile: gr.OAuthProfile | None, request: gr.Request | None = None
    ) -> dict[str, str]:
        """The withdrawal code of whoever has signed in, the same on every device; an empty one for nobody."""
        with self._error_sentences():
            await self._admit(request, "signed_in_code")
            if profile is None:
                return {"code": ""}
            folder = self._app_state.require_feedback().store.folder
            return {"code": await signed_in_code(folder, str(cast("Mapping[str, Any]", profile)["sub"]))}

    async def _admit(self, request: gr.Request | None, call: str) -> None:
        """Rate limit and access token. Every call from outside has a request."""
        if request is not None:
            caller = cast("HTTPConnection", request.request)
            await self._app_state.rating_rate.count(call, address(caller))
            check_access(self._app_state.settings, caller)

    @contextmanager
    def _error_sentences(self) -> Iterator[None]:
        """Errors become sentences in both languages, for scripts too; the title is the error's code."""
        try:
            yield
        except InzwaError as error:
            key = f"error.{error.code}"
            sentence = say(key if key in page_strings() else "error.unknown", chars=2_000, seconds=20)
            raise gr.Error(f"{sentence} ({error.message})", title=error.code, print_exception=False) from error


def _check_texts(**texts: object) -> None:
    """Gradio passes on whatever JSON has."""
    for name, text in texts.items():
        if not isinstance(text, str) or len(text) > 100:
            raise BadMessage(f"`{name}` is a short text.")
