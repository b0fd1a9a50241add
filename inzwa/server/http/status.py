"""The server's state: /healthz, /readyz, /metrics, POST /v1/admin/warmup, and the page that explains the socket."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from inzwa import __version__
from inzwa.protocols import Stage
from inzwa.server.engine_lifecycle import RETRY_AFTER_S
from inzwa.server.http.access import ForAdmin, ForAnybody
from inzwa.server.http.protocol_page import protocol_html
from inzwa.server.readiness import JsonObject, readiness
from inzwa.server.redaction import without_folders
from inzwa.server.security import bearer, is_local, same_token

router = APIRouter(tags=["state"])


class ExchangeRequest(BaseModel):
    """Which model is to serve a stage from now on."""

    model_config = ConfigDict(extra="forbid")
    stage: Stage
    model: str = Field(
        min_length=1,
        max_length=512,
        description="A name from `python -m inzwa models`, or where it is: `hf:org/repo@rev/file`, `file:/path`.",
        examples=["gemma3-270m"],
    )


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz", responses={503: {"description": "Not ready, with the reasons."}})
async def ready(app_state: ForAnybody) -> JSONResponse:
    """200 with models, versions, checksums and sources once every engine is warm; until then 503 with the reasons, and
    for each stage which model is opened, what is done to it, how much of how much, and what was tried before. Folders
    of this machine are left out."""
    body = without_folders(readiness(app_state))
    if body["ready"]:
        return JSONResponse(body)
    return JSONResponse(body, 503, headers={"Retry-After": f"{RETRY_AFTER_S:.0f}"})


@router.post("/v1/admin/warmup")
async def warm_up(app_state: ForAdmin, wanted: ExchangeRequest | None = None) -> JsonObject:
    """Load and warm every engine, or wait for the warm-up under way; versions, checksums, sources, licences and times.

    With a body, another model takes over that stage while conversations go on: it is loaded and tried out beside the
    one that serves, new turns use it from then on, and those under way finish on the old one.
    """
    await app_state.lifecycle.warm_up()
    if wanted is not None:
        await app_state.exchange(wanted.stage, wanted.model)
    return readiness(app_state)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request, app_state: ForAnybody) -> PlainTextResponse:
    """Prometheus metrics, for callers on this machine or with the metrics token."""
    expected = app_state.settings.metrics_token.get_secret_value()
    if not (same_token(bearer(request), expected) if expected else is_local(request)):
        raise HTTPException(401 if expected else 403)
    return PlainTextResponse(app_state.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/docs/protocol", response_class=HTMLResponse, include_in_schema=False)
async def protocol() -> str:
    """The socket's messages, made from events.py."""
    return protocol_html()
