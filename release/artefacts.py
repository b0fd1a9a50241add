"""Sdist, wheel and bill of materials of the last commit, and a trial of the wheel."""

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from release.sums import BadRelease

ROOT: Final = Path(__file__).parents[1]

_TRY: Final = "import inzwa; from inzwa.server.ui.files import asset; asset('ui/page.js'); print(inzwa.__file__)"


def build(folder: Path) -> None:
    """Put the sdist, the wheel that is built from it, and the bill of materials into this folder.

    SOURCE_DATE_EPOCH is the commit's time, unless it is set. BadRelease says what failed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, archive = Path(scratch, "source"), Path(scratch, "source.tar")
        source.mkdir()
        _run(["git", "archive", "--output", str(archive), "HEAD"], ROOT)
        _run(["tar", "-xf", str(archive)], source)
        epoch = os.environ.get("SOURCE_DATE_EPOCH") or _run(["git", "log", "-1", "--format=%ct"], ROOT).strip()
        dated = {"SOURCE_DATE_EPOCH": epoch}
        _run([sys.executable, "-m", "build", "--outdir", str(folder), str(source)], source, dated)
        _run([sys.executable, "-m", "sbom", "--output", str(folder / "sbom.cdx.json")], source, dated)


def try_wheel(folder: Path) -> str:
    """The output of `python -m inzwa --version` in a clean environment that has the wheel, outside the checkout.

    Dependencies are this environment's. BadRelease when another copy of Inzwa is imported.
    """
    wheel = next(folder.glob("*.whl"))
    with tempfile.TemporaryDirectory() as scratch:
        python = Path(scratch, "clean", "bin", "python")
        _run([sys.executable, "-m", "venv", "--without-pip", str(python.parents[1])], folder)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install"]
        _run([*pip, "--no-deps", "--no-index", "--quiet", str(wheel.resolve())], folder)
        site = Path(_run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip())
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        found = Path(_run([str(python), "-c", _TRY], Path(scratch)).splitlines()[-1])
        if site not in found.parents:
            raise BadRelease(f"{wheel.name}: {found} was imported instead")
        return _run([str(python), "-m", "inzwa", "--version"], Path(scratch)).strip()


def _run(command: Sequence[str], folder: Path, more: dict[str, str] | None = None) -> str:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | (more or {})
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        output = (done.stderr or done.stdout).strip()[-2_000:]
        raise BadRelease(f"{' '.join(command[:4])} ended with {done.returncode}: {output}")
    return done.stdout
