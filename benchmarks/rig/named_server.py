"""The server with its threads' names told to the kernel, which Python before 3.14 does not do.

    python -m benchmarks.rig.named_server

Threads that a library starts have the name of the thread that started them, and the main thread keeps the process's.
"""

import threading
from pathlib import Path
from typing import Final

from inzwa.cli.main import main as run_command

LONGEST: Final = 15
"""Bytes of a thread's name that Linux keeps."""


def name_threads() -> None:
    """From now on, each thread that runs a function is named as Python names it."""
    run = threading.Thread.run

    def named_run(thread: threading.Thread) -> None:
        Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_bytes(thread.name.encode()[:LONGEST])
        run(thread)

    threading.Thread.run = named_run  # type: ignore[method-assign]


def main() -> None:
    name_threads()
    raise SystemExit(run_command(["serve"]))


if __name__ == "__main__":
    main()
