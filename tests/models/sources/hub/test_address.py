"""Where a Hub may redirect a download to."""

import pytest

from inzwa.errors import ModelUnavailable
from inzwa.models.sources.hub.address import is_internal, require_allowed, same_origin, shown

HUB = "https://huggingface.co"


@pytest.mark.parametrize(
    ("location", "endpoint"),
    [
        ("https://cdn-lfs.hf.co/a?signed=yes", HUB),
        ("https://8.8.8.8/a", HUB),
        ("https://huggingface.co:443/a", HUB),
        ("http://127.0.0.1:9001/a", "http://127.0.0.1:9000"),
        ("http://store.corp.internal/a", "http://hub.corp.internal"),
        ("https://cdn.example/a", "http://127.0.0.1:9000"),
        ("http://10.0.0.2/a", "http://mirror:8080"),
    ],
)
def test_a_host_as_public_or_as_private_as_the_hub_is_right(location: str, endpoint: str) -> None:
    require_allowed(location, endpoint)


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://cdn.example/a",
        "http://cdn.example/a",
        "https://127.0.0.1/a",
        "https://localhost:8443/a",
        "https://localhost./a",
        "https://127.1/a",
        "https://2130706433/a",
        "https://0x7f.1/a",
        "https://0.0.0.0/a",
        "https://10.1.2.3/a",
        "https://192.168.0.1/a",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a",
        "https://[::ffff:127.0.0.1]/a",
        "https://[fe80::1%25eth0]/a",
        "https://metadata.google.internal/a",
        "https://printer.local/a",
        "https://intranet/a",
        "https:///a",
        "/relative",
        "https://[broken/a",
        "https://cdn.example:port/a",
    ],
)
def test_an_internal_or_a_weaker_address_after_a_public_one_is_refused(location: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"huggingface\.co sends on to"):
        require_allowed(location, HUB)


def test_a_token_belongs_to_one_scheme_host_and_port() -> None:
    hub = "https://hub.example"
    assert same_origin("https://hub.example:443/a", hub)
    for other in ("http://hub.example", "https://hub.example:8443", "https://hub.example.evil"):
        assert not same_origin(other, hub)


def test_a_public_name_is_not_internal() -> None:
    assert not is_internal("https://huggingface.co")


def test_a_password_in_an_address_is_not_shown() -> None:
    assert shown("https://me:secret@hub.example/x") == "https://hub.example/x"
    assert shown(HUB) == HUB
