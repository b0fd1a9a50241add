"""What a Hub, or the connection to it, may do wrong."""

import io

from tests.feedback.publish.hub import DatasetHub, Fault
from tests.feedback.publish.hub_request import Request


def status(code: int, **headers: str) -> Fault:
    """Only this status."""

    def answered(hub: DatasetHub, request: Request) -> bool:
        request.send(code, **headers)
        return True

    return answered


def drops(hub: DatasetHub, request: Request) -> bool:
    """The connection breaks before an answer."""
    request.close_connection = True
    return True


def passes(hub: DatasetHub, request: Request) -> bool:
    """No fault."""
    return False


def waits_at_the_gate(hub: DatasetHub, request: Request) -> bool:
    """Nothing is answered before the gate opens, and then nothing either."""
    hub.arrived.set()
    hub.gate.wait(60)
    return drops(hub, request)


def after(first: int, fault: Fault) -> tuple[Fault, ...]:
    """So many requests without a fault, and then one with it."""
    return (*(passes for _ in range(first)), fault)


def commits_without_an_answer(hub: DatasetHub, request: Request) -> bool:
    """The commit is made, and the connection breaks before that is said."""
    request.wfile = io.BytesIO()
    request.route("commit", hub.asked[-1][1], ())
    return drops(hub, request)


def somebody_commits_first(hub: DatasetHub, request: Request) -> bool:
    """Another commit is made before this one."""
    hub.add("Somebody else's", {**hub.head.files, "notes.txt": b"theirs"}, hub.head.sounds)
    return False
