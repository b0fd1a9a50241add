"""Who may call a route: dependencies that check the caller and give the route the shared state."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from inzwa.server.app_state import AppState
from inzwa.server.security import address, bearer, check_access, same_token


def _anybody(request: Request) -> AppState:
    app_state: AppState = request.app.state.inzwa
    return app_state


async def _user(request: Request) -> AppState:
    """RateLimited for too many calls of this route; Unauthorized without the access token, where one is set."""
    app_state = _anybody(request)
    await app_state.rate.count(request.url.path, address(request))  # first: guesses at the token count, too
    check_access(app_state.settings, request)
    return app_state


async def admin(request: Request) -> AppState:
    """404 where no admin token is set, 401 for a wrong one; RateLimited for too many guesses."""
    app_state = _anybody(request)
    expected = app_state.settings.admin_token.get_secret_value()
    if not expected:
        raise HTTPException(404)
    await app_state.rate.count("admin", address(request))
    if not same_token(bearer(request), expected):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return app_state


ForAnybody = Annotated[AppState, Depends(_anybody)]
ForUser = Annotated[AppState, Depends(_user)]
ForAdmin = Annotated[AppState, Depends(admin)]
