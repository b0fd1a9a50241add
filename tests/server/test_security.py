"""Who calls, and whether from here."""

import pytest
from starlette.requests import HTTPConnection

from inzwa.server.security import address, bearer, is_local, same_token


def caller(host: str | None, **headers: str) -> HTTPConnection:
    pairs = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "client": (host, 1) if host else None, "headers": pairs})


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::1", "::1"),
        ("testclient", "testclient"),
        (None, "unknown"),
    ],
)
def test_a_caller_is_counted_by_what_it_cannot_choose(host: str | None, counted: str):
    assert address(caller(host)) == counted


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("203.0.113.5", False), ("2001:db8::1", False), (None, False)],
)
def test_this_machine_is_known(host: str | None, local: bool):
    assert is_local(caller(host)) is local


def test_who_comes_through_a_proxy_is_not_this_machine():
    assert not is_local(caller("127.0.0.1", x_forwarded_for="203.0.113.5"))


@pytest.mark.parametrize("given", ["", "svosv", "svosvee", "SVOSVE", "\xe9"])
def test_another_token_is_another_whatever_its_length(given: str):
    assert not same_token(given, "svosve")
    assert not same_token(given, "")


def test_a_token_is_read_from_its_header_alone():
    assert bearer(caller("a", authorization="bearer  svosve ")) == "svosve"
    assert bearer(caller("a", authorization="Basic svosve")) == ""
