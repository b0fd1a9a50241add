"""A PostgreSQL server of a test's own: Debian's `postgresql` package, in a temporary folder, on 127.0.0.1."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOW = "needs PostgreSQL's server: apt-get install postgresql"
START_S = 60


class PostgresServer:
    """A cluster that can be stopped and started. fsync is on, as in earnest."""

    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self.programs, self.data, self.port = programs, folder / "cluster", port

    def run(self, program: str, *arguments: str, **options: object) -> None:
        """One of PostgreSQL's programs, as a user that it does not refuse."""
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run(
            [self.programs / program, *arguments],
            check=True, timeout=START_S, cwd="/", stdout=subprocess.DEVNULL, **user, **options,
        )  # fmt: skip

    def make(self) -> None:
        """The cluster's files."""
        self.run("initdb", "-D", str(self.data), "-U", "inzwa", "-A", "trust", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        """Answers when this returns."""
        options = f"-p {self.port} -h 127.0.0.1 -k '' -c max_connections=40 -c shared_buffers=16MB"
        log = str(self.data.with_name("log"))
        self.run("pg_ctl", "start", "-w", "-D", str(self.data), "-l", log, "-o", options)

    def stop(self) -> None:
        """As when the power fails: no connection is ended in order."""
        self.run("pg_ctl", "stop", "-w", "-D", str(self.data), "-m", "immediate")

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """An empty database, deleted afterwards; its INZWA_DATABASE_URL."""
        client = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "inzwa")
        self.run("createdb", *client, name)
        yield f"postgresql://inzwa@127.0.0.1:{self.port}/{name}"
        self.run("dropdb", *client, "--force", name)


def installed_programs() -> Path:
    """The folder of the newest server's programs. The test is skipped where there is none, and fails so in CI."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    user_is_there = os.geteuid() != 0 or any(each.pw_name == "postgres" for each in pwd.getpwall())
    if not found or not user_is_there:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW)
    return found[-1].parent


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server that runs; it and its files are gone afterwards."""
    programs, folder = installed_programs(), Path(tempfile.mkdtemp(prefix="inzwa-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = PostgresServer(programs, folder, _free_port())
    try:
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
