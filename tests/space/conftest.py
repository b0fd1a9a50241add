"""What all tests of the Space share: app.py in it, the proxy before it, and callers."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.space.certificate import client_tls, server_tls, write_certificate
from tests.space.proxy import proxying
from tests.space.space import HOST, Space, made_space

FRAME = f'<!doctype html><title>Outside</title><iframe src="https://{HOST}/" width="400" height="800" %s></iframe>'

SANDBOX = (
    'sandbox="allow-downloads allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-same-origin '
    'allow-scripts allow-storage-access-by-user-activation"'
)
"""As the Hub's own page frames a Space."""

PAGES = {
    "huggingface.co": FRAME % f'allow="autoplay; clipboard-write; fullscreen; microphone" {SANDBOX}',
    "silent.hf.space": FRAME % 'allow="autoplay"',
    "evil.example": FRAME % 'allow="autoplay; microphone"',
}


@dataclass(frozen=True, slots=True)
class Door:
    """Where the proxy listens, and the certificate by which one knows it."""

    port: int
    tls: ssl.SSLContext

    def caller(self, address: str) -> httpx.Client:
        """Somebody with that address, one of loopback's, who asks for https://HOST."""
        transport = httpx.HTTPTransport(verify=self.tls, local_address=address)
        return httpx.Client(transport=transport, base_url=f"https://127.0.0.1:{self.port}", headers={"Host": HOST})


@pytest.fixture(scope="session")
def space() -> Iterator[Space]:
    """The Space, with app.py ready in it."""
    space = made_space()
    with space.serving():
        yield space


@pytest.fixture(scope="session")
def door(space: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The way in."""
    pem: Path = write_certificate(tmp_path_factory.mktemp("tls") / "space.pem", [HOST, *PAGES])
    with proxying(server_tls(pem), PAGES) as port:
        yield Door(port, client_tls(pem))
