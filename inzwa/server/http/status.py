"""How the house is: /healthz, /readyz, /metrics, POST /v1/admin/warmup, and the page that explains the socket."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from inzwa import __version__
from inzwa.protocols import Stage
from inzwa.server.app_state import RETRY_AFTER_S, AppState
from inzwa.server.http.protocol_page import protocol_html
from inzwa.server.readiness import readiness
from inzwa.server.redaction import without_folders
from inzwa.server.security import address, bearer, is_local, same_token

router = APIRouter(tags=["state"])


def _app_state(request: Request) -> AppState:
    return request.app.state.inzwa


async def _admin(request: Request) -> AppState:
    """The house, for the administrator. Where no token is configured there is no such door; who guesses is counted."""
    app_state = _app_state(request)
    expected = app_state.settings.admin_token.get_secret_value()
    if not expected:
        raise HTTPException(404)
    await app_state.rate.count("admin", address(request))
    if not same_token(bearer(request), expected):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return app_state


class Exchanged(BaseModel):
    """Which model shall serve a stage from now on."""

    model_config = ConfigDict(extra="forbid")
    stage: Stage
    model: str = Field(
        min_length=1,
        max_length=512,
        description="A name from `python -m inzwa models`, or where it is: `hf:org/repo@rev/file`, `file:/path`.",
        examples=["gemma3-270m"],
    )


TheHouse = Annotated[AppState, Depends(_app_state)]
ForAdmin = Annotated[AppState, Depends(_admin)]


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz", responses={503: {"description": "Not ready, with the reasons."}})
async def ready(app_state: TheHouse) -> JSONResponse:
    """200 with models, versions, checksums and sources once every engine is warm; until then 503 with the reasons, and
    for each stage which model is at hand, what is done to it, how much of how much, and what was tried before. Folders
    of this machine are left out."""
    body = without_folders(readiness(app_state))
    if body["ready"]:
        return JSONResponse(body)
    return JSONResponse(body, 503, headers={"Retry-After": f"{RETRY_AFTER_S:.0f}"})


@router.post("/v1/admin/warmup")
async def warm_up(app_state: ForAdmin, wanted: Exchanged | None = None) -> dict[str, Any]:
    """Load and warm every engine, or join the warm-up under way; versions, checksums, sources, licences and times.

    With a body, another model is put in that stage's place while conversations go on: it is loaded and tried out beside
    the one that serves, turns begin on it from then on, and those under way finish on the old one.
    """
    await app_state.warm_up()
    if wanted is not None:
        await app_state.exchange(wanted.stage, wanted.model)
    return readiness(app_state)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request, app_state: TheHouse) -> PlainTextResponse:
    """Prometheus metrics, for this machine or for who has the metrics token."""
    expected = app_state.settings.metrics_token.get_secret_value()
    if not (same_token(bearer(request), expected) if expected else is_local(request)):
        raise HTTPException(401 if expected else 403)
    return PlainTextResponse(app_state.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/docs/protocol", response_class=HTMLResponse, include_in_schema=False)
async def protocol() -> str:
    """The socket's messages, made from events.py."""
    return protocol_html()
