"""The image's server, running in its root file system as a container engine would run it, and what a client asks it."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.container.dockerfile import Stage
from tests.container.rootfs import Root, first_process

PATIENCE_S: Final = 120.0
"""Seconds within which what is waited for has to come."""
POLL_S: Final = 0.2
"""Seconds until the server is asked again."""


@dataclass
class Server:
    """The image's server, running."""

    url: str
    program: "subprocess.Popen[bytes]"
    log: Path
    environ: dict[str, str]

    def get(self, path: str, body: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body; 0 while nobody listens."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:
            return 0, b""

    def readiness(self, *, until: str) -> dict[str, Any]:
        """What /readyz answers, once it says these words."""
        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s:
            _, body = self.get("/readyz")
            if until in body.decode():
                found: dict[str, Any] = json.loads(body)
                return found
            with suppress(subprocess.TimeoutExpired):
                status = self.program.wait(POLL_S)
                raise AssertionError(f"the server ended with {status}: {self.log.read_text()}")
        raise AssertionError(f"/readyz never said {until}: {self.log.read_text()}")

    def stop(self) -> int:
        """Tell it to stop, as a container engine does; the status that it ends with."""
        os.kill(first_process(self.program), signal.SIGTERM)
        return self.program.wait(PATIENCE_S)


@contextmanager
def serving(image: Root, stage: Stage, models: Path, log: Path) -> Iterator[Server]:
    """The image's command, as its user, over this volume."""
    port = free_port()
    environ = {**stage.environ, "INZWA_PORT": str(port), "INZWA_MODELS": "embedded"}
    folder = stage.last("WORKDIR").rest
    program = image.start(stage.last("CMD").command, environ, stage.last("USER").rest, folder, models, log)
    try:
        yield Server(f"http://127.0.0.1:{port}", program, log, environ)
    finally:
        if program.poll() is None:  # what changed its user is not killed with its parent, though unshare was asked to
            os.kill(first_process(program), signal.SIGKILL)
        program.wait(PATIENCE_S)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found: int = listener.getsockname()[1]
        return found
