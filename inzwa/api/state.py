"""How the house is: /healthz, /readyz, /metrics, POST /v1/admin/warmup, and the page that explains the socket."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from inzwa import __version__
from inzwa.api.house import RETRY_AFTER_S, House
from inzwa.api.protocol_page import protocol_html
from inzwa.api.security import bearer, is_local, same_token
from inzwa.protocols import EngineInfo, Engines

router = APIRouter(tags=["state"])


def _house(request: Request) -> House:
    return request.app.state.house


def _admin(request: Request) -> House:
    """The house, for the administrator. Where no token is configured there is no such door."""
    house = _house(request)
    expected = house.settings.admin_token.get_secret_value()
    if not expected:
        raise HTTPException(404)
    if not same_token(bearer(request), expected):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return house


TheHouse = Annotated[House, Depends(_house)]
ForAdmin = Annotated[House, Depends(_admin)]


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz", responses={503: {"description": "Not ready, with the reasons."}})
async def ready(house: TheHouse) -> JSONResponse:
    """200 with models, versions, checksums and sources once every engine is warm; 503 with the reasons until then."""
    stages = {stage: {"state": each.state, "detail": each.detail} for stage, each in house.stages.items()}
    if not house.ready:
        body = {"ready": False, "reasons": house.reasons(), "stages": stages}
        return JSONResponse(body, 503, headers={"Retry-After": f"{RETRY_AFTER_S:.0f}"})
    return JSONResponse({"ready": True, **described(house, house.engines)})


@router.post("/v1/admin/warmup")
async def warm_up(house: ForAdmin) -> dict[str, Any]:
    """Load and warm every engine, or join the warm-up under way; versions, checksums, sources and times."""
    return described(house, await house.warm_up())


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request, house: TheHouse) -> PlainTextResponse:
    """Prometheus metrics, for this machine or for who has the metrics token."""
    expected = house.settings.metrics_token.get_secret_value()
    if not (same_token(bearer(request), expected) if expected else is_local(request)):
        raise HTTPException(401 if expected else 403)
    return PlainTextResponse(house.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/docs/protocol", response_class=HTMLResponse, include_in_schema=False)
async def protocol() -> str:
    """The socket's messages, made from events.py."""
    return protocol_html()


def described(house: House, engines: Engines) -> dict[str, Any]:
    """What is running: for /readyz, the warm-up and the page."""
    return {
        "version": __version__,
        "ready_after_s": house.ready_after_s,
        "voices": list(engines.tts.voices),
        "stages": {stage: _described(info) for stage, info in engines.infos().items()},
    }


def _described(info: EngineInfo) -> dict[str, Any]:
    return {"state": "ready", **asdict(info)}
