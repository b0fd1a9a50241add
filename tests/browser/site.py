"""The application on a port of its own, in a thread of its own, for a browser that is driven from this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from anyio import Event
from anyio.from_thread import BlockingPortal, start_blocking_portal

from inzwa.server.app_state import AppState
from tests.serving import serving


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    url: str
    app_state: AppState
    portal: BlockingPortal

    def let_go(self, gate: Event) -> None:
        """Open a gate of a scripted engine, in the server's own thread."""
        self.portal.call(gate.set)


@contextmanager
def open_site(*args: object, **values: object) -> Iterator[Site]:
    """What `serving` makes, page included, until the block ends."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serving(*args, page=True, **values)) as (url, app_state),
    ):
        yield Site(url, app_state, portal)
