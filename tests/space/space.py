"""A Space that make_space.sh made, and app.py running in it as its user, with the variables that the platform sets."""

import os
import pwd
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

HOST: Final = "you-inzwa.hf.space"
PORT: Final = 7860
PROXY: Final = "10.77.0.1"
"""Where the platform's proxy calls from; an address of this machine's too, and none of its loopback ones."""

REQUESTS_PER_MINUTE: Final = 20

READY_WITHIN_S: Final = 600
"""Models that are not here yet are fetched first."""

LOOK_AGAIN_S: Final = 0.2

PLATFORM: Final = {
    "SYSTEM": "spaces",
    "SPACE_ID": "you/inzwa",
    "SPACE_HOST": HOST,
    "SPACE_AUTHOR_NAME": "you",
    "SPACE_REPO_NAME": "inzwa",
    "SPACE_TITLE": "Inzwa",
    "SPACE_CREATOR_USER_ID": "0123456789abcdef01234567",
    "CPU_CORES": "2",
    "MEMORY": "16Gi",
    "ACCELERATOR": "none",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_ALLOW_FLAGGING": "never",
    "GRADIO_NUM_PORTS": "1",
    "GRADIO_THEME": "huggingface",
    "TQDM_POSITION": "-1",
    "TQDM_MININTERVAL": "1",
}

VARIABLES: Final = {
    "INZWA_MODELS": "embedded",  # the same ones wherever this runs, whether the Hub can be reached or not
    "INZWA_REQUESTS_PER_MINUTE": str(REQUESTS_PER_MINUTE),
}
"""What the Space's owner has set in its settings."""


@dataclass(frozen=True, slots=True)
class Space:
    """Its folder and its user."""

    folder: Path
    user: pwd.struct_passwd

    @property
    def app(self) -> Path:
        return self.folder / "home" / "app"

    @property
    def hub(self) -> Path:
        """HF_HOME."""
        return self.folder / "home" / ".cache" / "huggingface"

    @property
    def log(self) -> Path:
        """What app.py has said."""
        return self.folder / "app.log"

    @property
    def environment(self) -> dict[str, str]:
        """All that its processes are given."""
        lines = (self.folder / "environment").read_text().splitlines()
        own = {"HF_HOME": str(self.hub), "PYTHONPATH": str(self.app)}
        return dict(line.split("=", 1) for line in lines) | PLATFORM | own | VARIABLES

    def run(self, *arguments: str) -> str:
        """Its Python with these arguments, to the end: what it printed. The test fails where that failed."""
        done = subprocess.run(
            self._command(*arguments), **self._as_user(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return done.stdout if done.returncode == 0 else pytest.fail(done.stdout)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """app.py, ready."""
        _ask_for_port()
        with self.log.open("wb") as log:
            process = subprocess.Popen(self._command("app.py"), **self._as_user(), stdout=log, stderr=log)
        try:
            self._wait_until_ready(process)
            yield
        finally:
            process.terminate()
            process.wait(30)

    def _wait_until_ready(self, process: subprocess.Popen) -> None:
        deadline_s = time.monotonic() + READY_WITHIN_S
        with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", trust_env=False) as client:
            while not _answers_ready(client):
                if time.monotonic() > deadline_s or _ended_within(process, LOOK_AGAIN_S):
                    pytest.fail(f"app.py did not get ready. It said:\n{self.log.read_text()}")

    def _command(self, *arguments: str) -> list[str]:
        return [str(self.folder / "home" / "venv" / "bin" / "python"), *arguments]

    def _as_user(self) -> dict:
        return {
            "cwd": self.app,
            "env": self.environment,
            "user": self.user.pw_uid,
            "group": self.user.pw_gid,
            "extra_groups": [],
        }


def made_space() -> Space:
    """The Space beside which this runs; the test fails where there is none."""
    if "SPACE_FOLDER" not in os.environ:
        pytest.fail("There is no Space here: make test-space")
    return Space(Path(os.environ["SPACE_FOLDER"]), pwd.getpwnam(os.environ["SPACE_USER"]))


def _ask_for_port() -> None:
    """A Space's port is not to be chosen, so it must be free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", PORT))
        except OSError as error:
            pytest.fail(f"Port {PORT} is taken ({error.strerror}): stop what listens there, then try again.")


def _answers_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:  # it does not listen yet
        return False


def _ended_within(process: subprocess.Popen, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
