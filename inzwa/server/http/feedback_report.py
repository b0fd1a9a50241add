"""GET /v1/admin/feedback: the report on what evaluators gave, for whoever has the admin token.

A browser cannot send a bearer header by an address alone, so without one a form is answered whose script sends it. The
token is kept nowhere and never part of an address.
"""

import base64
import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from typing import Final

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from inzwa.feedback.report.gather import gather
from inzwa.feedback.report.page import report_html
from inzwa.feedback.store.protocol import FeedbackStore
from inzwa.server.http.access import ForAnybody, admin
from inzwa.server.security import bearer

KEPT_S: Final = 60.0
"""Seconds for which a report is given again."""
FORM: Final = (files("inzwa.server.http") / "feedback_form.html").read_text("utf-8")
_SCRIPT: Final = FORM.partition("<script>")[2].partition("</script>")[0]
_HASH: Final = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()

REPORT_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}
"""No script runs in a report, whatever people wrote."""
FORM_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; "
    "connect-src 'self'; frame-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "WWW-Authenticate": "Bearer",
}


class KeptReport:
    """The last report, for KEPT_S seconds. One is made at a time, in a thread of its own, so that talking goes on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds since an arbitrary moment."""
        self._clock = clock
        self._making = anyio.Lock()
        self._threads = CapacityLimiter(1)
        self._page, self._made_at = "", float("-inf")

    async def page(self, store: FeedbackStore) -> str:
        """The report as HTML. FeedbackUnavailable where the store cannot be read."""
        async with self._making:
            if self._clock() - self._made_at >= KEPT_S:
                gathered = await store.read(gather)
                make = partial(report_html, gathered, made_at=datetime.now(UTC))
                self._page = await to_thread.run_sync(make, limiter=self._threads)
                self._made_at = self._clock()
            return self._page


def report_router() -> APIRouter:
    """The route, with the report that it keeps; one for each application."""
    router, report = APIRouter(tags=["state"]), KeptReport()

    @router.get("/v1/admin/feedback", responses={401: {"description": "A form that asks for the token."}})
    async def feedback_report(request: Request, app_state: ForAnybody) -> HTMLResponse:
        """What evaluators gave, with intervals and pictures, as one HTML page; at most a minute old.

        Without the admin token a form that asks for it; 404 where none is set.
        """
        if not app_state.settings.admin_token.get_secret_value():
            raise HTTPException(404)
        if not bearer(request):
            return HTMLResponse(FORM, 401, FORM_HEADERS)
        await admin(request)
        page = await report.page(app_state.require_feedback().store)
        return HTMLResponse(page, headers=REPORT_HEADERS)

    return router
