"""A program that is run for what it prints."""

import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path


def printed_lines(
    command: Sequence[str], environ: Mapping[str, str], *, stderr: int, folder: Path | None = None
) -> Generator[str, None, None]:
    """The program's output, line by line. Closing the generator early kills the program.

    `stderr` as subprocess has it; `folder` is where it runs, if not where we do.
    """
    with subprocess.Popen(
        command,
        env=environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as program:
        assert program.stdout is not None
        with ExitStack() as unless_finished:
            unless_finished.callback(program.kill)
            yield from program.stdout
            unless_finished.pop_all()
