"""create_app: the socket, the HTTP routes and the page in one application. Whoever calls it chooses the engines."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import anyio
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse

from inzwa import __version__
from inzwa.errors import InzwaError
from inzwa.server.app_state import AppState
from inzwa.server.early_engines import OpenEngines
from inzwa.server.feedback.item_maker import make_items
from inzwa.server.feedback.lifecycle import open_feedback
from inzwa.server.http import chat, speech, status, task_sounds
from inzwa.server.http.body_limits import BodyTimeout
from inzwa.server.http.feedback_report import report_router
from inzwa.server.security import SecurityHeaders
from inzwa.server.ui.mount import mount_page
from inzwa.server.ui.page import build_page
from inzwa.server.websocket import connection
from inzwa.settings import Settings

log = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
"""More than half a minute of 48 kHz stereo 24-bit WAV; limits Gradio's uploads, too."""

STATUS: Final = {
    "bad_audio": 422,
    "unsupported_format": 422,
    "unknown_voice": 422,
    "empty_text": 422,
    "no_speech": 422,
    "bad_message": 422,
    "text_too_long": 413,
    "audio_too_long": 413,
    "unknown_model": 422,
    "unauthorized": 401,
    "unknown_task": 404,
    "feedback_off": 404,
    "exchange_underway": 409,
    "rate_limited": 429,
    "overloaded": 503,
    "too_many_sessions": 503,
    "not_ready": 503,
    "feedback_unavailable": 503,
    "model_unavailable": 503,
    "engine_timeout": 504,
}
"""HTTP status by error code; 500 for every other."""


def create_app(settings: Settings, open_engines: OpenEngines, *, page: bool = True) -> FastAPI:
    """The application. Engines open in the background when it starts and close when it stops; tests pass fakes."""
    app_state = AppState(settings, open_engines)
    app = FastAPI(
        title="Inzwa",
        version=__version__,
        summary="Hears Shona, thinks, and answers aloud, in real time, on a plain CPU.",
        lifespan=_lifespan,
        max_body_size=MAX_BODY_BYTES,
        debug=False,
    )
    app.state.inzwa = app_state
    app.add_exception_handler(InzwaError, _error_response)
    app.add_exception_handler(RequestValidationError, _invalid_body)
    app.add_middleware(CORSMiddleware, allow_origins=sorted(settings.origins), allow_methods=["GET", "POST"])
    app.add_middleware(SecurityHeaders)
    app.add_middleware(BodyTimeout, request_timeout_s=settings.request_timeout_s)
    for router in (connection.router, speech.router, chat.router, status.router, task_sounds.router, report_router()):
        app.include_router(router)
    return mount_page(app, build_page(app_state), settings) if page else app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app_state: AppState = app.state.inzwa
    async with open_feedback(app_state), anyio.create_task_group() as tasks:
        tasks.start_soon(app_state.lifecycle.keep_open)
        tasks.start_soon(make_items, app_state)
        yield
        await app_state.admission.drain()
        tasks.cancel_scope.cancel()


async def _error_response(request: Request, error: Exception) -> JSONResponse:
    """An InzwaError as JSON; never a stack trace, never what the user said."""
    if not isinstance(error, InzwaError):
        raise error
    app_state: AppState = request.app.state.inzwa
    app_state.metrics.error(error.code)
    headers = {"Retry-After": str(max(1, round(error.retry_after_s)))} if error.retry_after_s else {}
    return JSONResponse(_body(error.code, error.message, error.retryable), STATUS.get(error.code, 500), headers)


async def _invalid_body(request: Request, error: Exception) -> JSONResponse:
    """A request body of the wrong shape: which field, and what would be right."""
    if not isinstance(error, RequestValidationError):
        raise error
    app_state: AppState = request.app.state.inzwa
    app_state.metrics.error("bad_request")
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body")[:100] or "body"
    return JSONResponse(_body("bad_request", f"`{where}`: {first['msg']}.", False), 422)


def _body(code: str, message: str, retryable: bool) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "retryable": retryable}}
