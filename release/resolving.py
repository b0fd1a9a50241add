"""python -m release.resolving: whether the requirements resolve on each Python (`make resolve`). Nothing is installed.

pip resolves for another Python from wheels alone. llama-cpp-python has none on PyPI and builds one for any Python 3,
so its dependencies are resolved in its place.
"""

import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from importlib.metadata import requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

ROOT: Final = Path(__file__).parents[1]
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
FILES: Final = ("requirements.txt", "requirements-dev.txt")
BUILT: Final = "llama-cpp-python"


def main() -> int:
    """Exit status: 0 when every file resolves on every Python, with constraints.txt and without."""
    parser = ArgumentParser(
        prog="python -m release.resolving", description="Resolve the requirements, install nothing."
    )
    parser.add_argument("pythons", nargs="*", default=PYTHONS)
    failed = 0
    for python in parser.parse_args().pythons:
        for name in FILES:
            for constraints in ("", "constraints.txt"):
                error = resolve(python, name, constraints)
                failed += error is not None
                constrained = " with constraints.txt" if constraints else ""
                sys.stdout.write(f"Python {python}: {name}{constrained}: {error or 'resolves'}\n")
                sys.stdout.flush()
    return 1 if failed else 0


def resolve(python: str, name: str, constraints: str) -> str | None:
    """None when it resolves, else pip's error."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch, "wanted.txt")
        wanted.write_text("\n".join(lines(ROOT / name, python)) + "\n")
        target = ["--python-version", python, "--only-binary=:all:", "--target", str(Path(scratch, "none"))]
        constrained = ["-c", str(ROOT / constraints)] if constraints else []
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--dry-run", "--ignore-installed"]
        command = [*pip, "--quiet", *target, *constrained, "-r", str(wanted)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return None if done.returncode == 0 else " ".join(errors) or done.stderr.strip()[-300:]


def lines(path: Path, python: str) -> list[str]:
    """The requirements of a file and of those that it includes, without pip's options."""
    found: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        asked = line.partition(" #")[0].partition(" --")[0].strip()
        if asked.startswith("-r "):
            found += lines(path.with_name(asked[3:].strip()), python)
        elif asked and not asked.startswith(("#", "-")):
            found += _unbuilt(Requirement(asked), python)
    return found


def _unbuilt(wanted: Requirement, python: str) -> list[str]:
    if wanted.name != BUILT:
        return [str(wanted)]
    environ = {"python_version": python, "python_full_version": f"{python}.0"}
    needs = [Requirement(each) for each in requires(BUILT) or []]
    extras = ("", *sorted(wanted.extras))
    return [
        str(need).partition(";")[0].strip()
        for need in needs
        if need.marker is None or any(need.marker.evaluate({**environ, "extra": extra}) for extra in extras)
    ]


if __name__ == "__main__":
    sys.exit(main())
