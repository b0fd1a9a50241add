"""Other processes that fetch, and a package index on loopback that counts what they take."""

import html
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import inzwa
from tests.models.wheel_index import WheelIndex

FETCH = """
import os, signal, sys, urllib.request
from pathlib import Path
from inzwa.models.catalogue import load_catalogue
from inzwa.models.store import Store

cache, catalogue, die_at, gate = sys.argv[1:]

def report(progress):
    if progress.phase == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    if gate and progress.phase == "waiting":
        urllib.request.urlopen(gate).close()

store = Store(Path(cache), catalogue=load_catalogue(Path(catalogue)), report=report)
print(store.fetch("tiny").folder)
"""


def fetching(
    wheels: WheelIndex, environ: dict[str, str], *, die_at: str = "", gate: str = ""
) -> "subprocess.Popen[str]":
    """A process that fetches `tiny`; it kills itself at the phase `die_at`, and asks for `gate` when it has to wait."""
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, str(wheels.cache), str(wheels.catalogue_file), die_at, gate],
        env=environ,
        cwd=Path(inzwa.__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class Index(ThreadingHTTPServer):
    """The wheels under /simple/. A wheel is handed out only once somebody asked for /gate."""

    def __init__(self, wheels: WheelIndex) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.wheels = wheels
        self.gate = threading.Event()
        self.asked = threading.Event()
        """Somebody wants a wheel."""
        self.taken: Counter[str] = Counter()
        """How often each wheel was asked for."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        name = self.path.strip("/").split("/")[-1]
        if name == "gate":
            self.server.gate.set()
            self._send(b"open")
        elif name.endswith(".whl"):
            self.server.taken[name] += 1
            self.server.asked.set()
            self._send((self.server.wheels.index / name).read_bytes() if self.server.gate.wait(60) else b"")
        else:
            wheel = html.escape(self.server.wheels.wheel(name).name)
            self._send(f'<!DOCTYPE html><a href="/wheels/{wheel}">{wheel}</a>'.encode())

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the parent's name
        """Nothing is logged."""


@contextmanager
def serving(wheels: WheelIndex) -> Iterator[Index]:
    """The index, served by a thread until the block is left."""
    with Index(wheels) as index:
        thread = threading.Thread(target=index.serve_forever, name="index")
        thread.start()
        try:
            yield index
        finally:
            index.gate.set()
            index.shutdown()
            thread.join()
