"""Sign-in with an OpenID provider: the same contributor on every device, and nothing of the account on disk."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from inzwa.feedback.codes import contributor_id
from inzwa.server.ui.evaluate.sign_in import SECRET_FILE, code_of, sign_in_offered, signed_in_code
from tests.server.ui.evaluate.openid import CLIENT, Provider, provider

ROOT = Path(__file__).parents[4]


@contextmanager
def space(openid: Provider, data: Path) -> Iterator[str]:
    """The address of an Inzwa that takes itself for a Space with OAuth."""
    oauth = {"ID": CLIENT, "SECRET": "s"}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("INZWA_", "SPACE_"))},
        **{f"OAUTH_CLIENT_{name}": value for name, value in oauth.items()},
        "OAUTH_SCOPES": "openid profile",
        "OPENID_PROVIDER_URL": openid.url,
        "SPACE_ID": "org/inzwa",
        "SYSTEM": "spaces",
        "AUTHLIB_INSECURE_TRANSPORT": "1",
        "HF_HUB_OFFLINE": "1",
    }
    command = [sys.executable, "-m", "tests.server.ui.evaluate.space", str(data)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as process:
        try:
            yield next(line for line in process.stdout if line.startswith("http")).strip()
        finally:
            process.stdin.close()


class Device:
    """A browser's cookies; they are marked as for https alone, so they are carried by hand."""

    def __init__(self, url: str) -> None:
        self.url, self._cookie = url, ""

    def get(self, address: str) -> httpx.Response:
        answer = httpx.get(address, headers={"Cookie": self._cookie}, timeout=30)
        if set_cookie := answer.headers.get("set-cookie"):
            self._cookie = set_cookie.partition(";")[0]
        return answer

    def sign_in(self) -> str:
        """Where one is led in the end."""
        address = f"{self.url}/login/huggingface?_target_url=/?tab=evaluate"
        while urlsplit(address).path != "/login/callback":
            address = str(self.get(address).next_request.url)
        return str(self.get(address).next_request.url)

    def code(self) -> str:
        headers = {"Cookie": self._cookie}
        call = f"{self.url}/gradio_api/call/signed_in_code"
        event = httpx.post(call, json={"data": []}, headers=headers).json()["event_id"]
        answer = httpx.get(f"{call}/{event}", headers=headers).text
        return re.search(r'"code": ?"([^"]*)"', answer)[1]


@pytest.mark.processes
def test_an_account_is_the_same_contributor_on_every_device_and_after_a_restart(tmp_path: Path) -> None:
    with provider() as openid:
        with space(openid, tmp_path) as url:
            phone, desk, other = Device(url), Device(url), Device(url)
            assert phone.code() == ""
            assert phone.sign_in().endswith("tab=evaluate")
            desk.sign_in()
            openid.account = "sub-of-rudo"
            other.sign_in()
            code = phone.code()
            assert code == desk.code()
            assert contributor_id(code) != contributor_id(other.code())
        openid.account = "sub-of-tariro"
        with space(openid, tmp_path) as url:
            later = Device(url)
            later.sign_in()
            assert later.code() == code
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for name in (b"tariro", b"Tariro", b"sub-of", b"rudo"):
        assert name not in on_disk


def test_a_code_is_of_the_account_and_of_the_folders_secret() -> None:
    codes = {code_of(secret, subject) for secret in (b"1" * 32, b"2" * 32) for subject in ("a", "b")}
    assert len(codes) == 4
    assert len({contributor_id(code) for code in codes}) == 4
    assert code_of(b"1" * 32, "a") == code_of(b"1" * 32, "a")


async def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = await signed_in_code(tmp_path / "data", "a")
    assert await signed_in_code(tmp_path / "data", "a") == first
    assert await signed_in_code(tmp_path / "other", "a") != first
    assert (tmp_path / "data" / SECRET_FILE).stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "data").iterdir()] == [SECRET_FILE]


def test_no_sign_in_is_offered_outside_a_space() -> None:
    assert not sign_in_offered()
