"""What the Evaluate tab and gradio_client call: next_task, submit_task, undo_task; and who has signed in."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, cast

import gradio as gr
from gradio.events import api

from inzwa.errors import BadMessage
from inzwa.feedback.records import JsonObject
from inzwa.feedback.tasks.answers import MAX_TEXT
from inzwa.server.app_state import AppState
from inzwa.server.ui.calls import admit, check_short, error_sentences
from inzwa.server.ui.evaluate.sign_in import signed_in_code

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
        with self._checked():
            await self._admit(request, "next_task")
            check_short(code=code, kind=kind, language=language)
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
        with self._checked():
            await self._admit(request, "submit_task")
            check_short(code=code, task=task, key=key)
            if not isinstance(answer, dict | None):
                raise BadMessage("`answer` is an object.")
            return await self._app_state.tasks.submit(code, task, key, answer or {}, skipped=skip is True)

    async def undo_task(self, code: str, request: gr.Request | None = None) -> JsonObject:
        """The task that was answered or skipped last, as next_task gives it, with its answer: submit it again to
        replace that."""
        with self._checked():
            await self._admit(request, "undo_task")
            check_short(code=code)
            return await self._app_state.tasks.undo(code)

    async def signed_in_code(
        self, profile: gr.OAuthProfile | None, request: gr.Request | None = None
    ) -> dict[str, str]:
        """The withdrawal code of whoever has signed in, the same on every device; an empty one for nobody."""
        with self._checked():
            await self._admit(request, "signed_in_code")
            if profile is None:
                return {"code": ""}
            folder = self._app_state.require_feedback().store.folder
            return {"code": await signed_in_code(folder, str(cast("Mapping[str, Any]", profile)["sub"]))}

    async def _admit(self, request: gr.Request | None, call: str) -> None:
        await admit(self._app_state, request, call, self._app_state.rating_rate)

    def _checked(self) -> AbstractContextManager[None]:
        return error_sentences(self._app_state, chars=MAX_TEXT)
